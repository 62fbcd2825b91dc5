import type { Stack } from '../../../src/local/stack.ts';
import { InvalidInputError } from '../../../src/shared/errors/invalid-input-error.ts';

/**
 * Creates a user who signs in with email and password, through `/auth/v1/signup`; the address needs no confirmation here.
 *
 * @returns the user's id
 * @throws {InvalidInputError} with the Auth server's code when it refuses: `user_already_exists`, `weak_password`, ...
 */
export async function createUser(
  stack: Pick<Stack, 'url' | 'publishableKey'>,
  email: string,
  password: string,
): Promise<string> {
  const response = await fetch(`${stack.url}/auth/v1/signup`, {
    method: 'POST',
    headers: { apikey: stack.publishableKey, 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  const body = (await response.json()) as {
    id?: string;
    user?: { id: string };
    error_code?: string;
    code?: string;
    msg?: string;
    message?: string;
  };
  const id = body.user?.id ?? body.id;
  if (response.ok && id !== undefined) return id;
  const code = body.error_code ?? String(body.code ?? 'signup_failed');
  throw new InvalidInputError(code, `${email}: ${body.msg ?? body.message ?? `status ${response.status}`}`, {
    email,
    status: response.status,
  });
}
