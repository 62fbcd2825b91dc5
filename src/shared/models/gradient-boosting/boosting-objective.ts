/** A loss that boosting lowers, as a function of a prediction and a target. */
export interface BoostingObjective {
  /** The loss of one row; only differences matter. */
  loss(prediction: number, target: number): number;
  /** Its first derivative by the prediction. */
  gradient(prediction: number, target: number): number;
  /** Its second derivative by the prediction, or a stand-in; positive. */
  hessian(prediction: number, target: number): number;
}

/** (prediction - target)^2 / 2. */
export const squaredError: BoostingObjective = {
  loss: (prediction, target) => ((prediction - target) * (prediction - target)) / 2,
  gradient: (prediction, target) => prediction - target,
  hessian: () => 1,
};
