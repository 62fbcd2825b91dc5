/** Degrees of freedom of the training likelihood; daily returns over their volatility have 4 to 8. */
export const DEGREES_OF_FREEDOM = 6;

/** Standard deviation of a Student t of scale 1 with {@link DEGREES_OF_FREEDOM}. */
export const STUDENT_T_DEVIATION = Math.sqrt(DEGREES_OF_FREEDOM / (DEGREES_OF_FREEDOM - 2));
