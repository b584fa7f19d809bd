import type { IssuerSecrets } from '../issuer/token-issuer.js';

/** What the option `--env` can give to a variable. */
export const VALUE_NAMES = [
  'authUrl',
  'apiKey',
  'verifierKey',
  'webhookSecret',
  'introspectionClientId',
  'introspectionClientSecret',
] as const;

type ValueName = (typeof VALUE_NAMES)[number];

/** A variable of the option `--env`. */
export interface NamedVariable {
  readonly name: string;
  readonly value: ValueName;
}

/** The names that PropelAuth's libraries and the pages of nestjs-propelauth use. */
const VARIABLES: readonly NamedVariable[] = [
  { name: 'PROPELAUTH_AUTH_URL', value: 'authUrl' },
  { name: 'PROPELAUTH_API_KEY', value: 'apiKey' },
  { name: 'PROPELAUTH_VERIFIER_KEY', value: 'verifierKey' },
  { name: 'PROPELAUTH_WEBHOOK_SECRET', value: 'webhookSecret' },
  { name: 'PROPELAUTH_INTROSPECTION_CLIENT_ID', value: 'introspectionClientId' },
  { name: 'PROPELAUTH_INTROSPECTION_CLIENT_SECRET', value: 'introspectionClientSecret' },
  { name: 'NEXT_PUBLIC_AUTH_URL', value: 'authUrl' },
];

/**
 * The variables of an application that uses the emulator.
 *
 * @param others those of the option `--env`
 */
export function variablesOf(
  authUrl: string,
  secrets: IssuerSecrets,
  others: readonly NamedVariable[] = [],
): Record<string, string> {
  const values: Record<ValueName, string> = {
    authUrl,
    apiKey: secrets.apiKey,
    verifierKey: secrets.keys.publicKeyPem,
    webhookSecret: secrets.webhookSecret,
    introspectionClientId: secrets.introspection.clientId,
    introspectionClientSecret: secrets.introspection.clientSecret,
  };
  return Object.fromEntries(
    [...VARIABLES, ...others].map(({ name, value }) => [name, values[value]]),
  );
}

/** Lines of a .env file. */
export function environmentLines(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).map(([name, value]) =>
    value.includes('\n') ? `${name}="${value.replaceAll('\n', '\\n')}"` : `${name}=${value}`,
  );
}
