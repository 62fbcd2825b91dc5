/** ln(pi). */
export const LN_PI = 1.1447298858494002;

/** ln(2 pi). */
export const LN_TWO_PI = 1.8378770664093453;
