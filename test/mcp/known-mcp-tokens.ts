import type { TestingModuleBuilder } from '@nestjs/testing';
import { McpTokenAuthenticator } from '../../lib/mcp/callers/mcp-token-authenticator.js';
import { Rejection } from '../../lib/rejections/rejection.js';
import type { McpToken } from '../../lib/types/mcp-token.interface.js';

/** MCP tokens whose introspection is not the subject: they are active until the test ends. */
export class KnownMcpTokens {
  private readonly tokens = new Map<string, { token: McpToken; issuedAt: number | undefined }>();

  /**
   * @param issuedAt in seconds since 1970; `null` when PropelAuth does not say. Default: now
   * @returns its text
   */
  issue(
    token: Pick<McpToken, 'userId'> & Partial<McpToken>,
    issuedAt: number | null = Date.now() / 1000,
  ): string {
    const text = `token-${this.tokens.size}`;
    const expiresAt = Date.now() / 1000 + 3_600;
    const filledIn = { clientId: 'assistant', scopes: ['read:reports'], expiresAt, ...token };
    this.tokens.set(text, { token: Object.freeze(filledIn), issuedAt: issuedAt ?? undefined });
    return text;
  }

  /** Has an application accept them. */
  override(builder: TestingModuleBuilder): TestingModuleBuilder {
    const authenticate = async (text: string) => {
      const known = this.tokens.get(text);
      if (known === undefined) throw new Rejection('mcp_token_invalid');
      return known;
    };
    return builder.overrideProvider(McpTokenAuthenticator).useValue({
      authenticate,
      recall: (text: string) => this.tokens.get(text),
    });
  }
}
