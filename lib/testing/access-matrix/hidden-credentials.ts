import type { Credentials } from './entry-point.js';

/** A text of the application, such as the message of an error, without what the caller has shown for proof. */
export function withoutCredentials(text: string, credentials: Credentials): string {
  const { tokens, apiKey, grants } = credentials;
  const secrets = [...tokens, apiKey, ...Object.values(grants ?? {})];
  return secrets.reduce<string>(
    (hidden, secret) => (isSecret(secret) ? hidden.replaceAll(secret, '…') : hidden),
    text,
  );
}

/** The malformed token is a usual word. */
function isSecret(value: string | undefined): value is string {
  return value !== undefined && value.length > 20;
}
