import type { errors, interactionPolicy, Provider } from 'oidc-provider';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';

/** What is used of the package `oidc-provider`, which is optional. */
export interface OidcProvider {
  readonly Provider: typeof Provider;
  readonly errors: typeof errors;
  readonly interactionPolicy: typeof interactionPolicy;
}

/** @throws {PropelAuthConfigurationError} if the package is not installed, or cannot be loaded */
export async function loadOidcProvider(): Promise<OidcProvider> {
  try {
    const { Provider, errors, interactionPolicy } = await import('oidc-provider');
    return { Provider, errors, interactionPolicy };
  } catch (error) {
    throw new PropelAuthConfigurationError(
      'The option mcp of LocalPropelAuthModule.forRoot() needs the package oidc-provider. Run npm install ' +
        `--save-dev oidc-provider@9. (${reasonOf(error)})`,
    );
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as Partial<NodeJS.ErrnoException>;
  return code ?? message ?? String(error);
}
