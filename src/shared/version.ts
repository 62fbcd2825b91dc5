/** Version of the code, stored as `code_version` with everything it makes. The same as in package.json, which a test checks. */
export const CODE_VERSION = '0.9.0';
