import type { Credentials } from './entry-point.js';

/** A text of the application, such as an error message, without the credentials of the caller. */
export function withoutCredentials(text: string, credentials: Credentials): string {
  const { tokens, apiKey, grants } = credentials;
  const secrets = [...tokens, apiKey, ...Object.values(grants ?? {})];
  return secrets.reduce<string>(
    (hidden, secret) => (isSecret(secret) ? hidden.replaceAll(secret, '…') : hidden),
    text,
  );
}

/** Short values are not secrets: the malformed token is an ordinary word. */
function isSecret(value: string | undefined): value is string {
  return value !== undefined && value.length > 20;
}
