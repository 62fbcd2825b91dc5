import type { FileShape } from './file-shape.ts';

/** Whatever has the common names and is nothing else. */
export const plain: FileShape = { name: 'plain CSV', recognisedBy: [[]] };
