/** The refusal of a token that the project's legacy secret signed: nothing here holds that secret. */
export const LEGACY_TOKEN = {
  code: 'legacy_token',
  message:
    'The token is signed with HS256, the legacy secret of the project, and functions verify asymmetric keys only: ' +
    "switch the project's JWT signing keys to ES256 or RS256 and sign in again, or call with a secret key (sb_secret_...)",
};

/** Whether the bearer token is a JWT that says it is signed with HS256. Its signature is not looked at. */
export function hasLegacyToken(headers: Headers): boolean {
  const token = /^Bearer\s+([\w-]+)\.[\w-]+\.[\w-]*$/i.exec(headers.get('authorization') ?? '');
  if (token === null) return false;
  try {
    const header: unknown = JSON.parse(atob(token[1].replaceAll('-', '+').replaceAll('_', '/')));
    return typeof header === 'object' && header !== null && 'alg' in header && header.alg === 'HS256';
  } catch {
    return false;
  }
}
