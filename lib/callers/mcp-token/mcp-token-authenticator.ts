import { Injectable } from '@nestjs/common';
import { Refusal } from '../../refusals/refusal.js';
import type { McpToken } from '../../types/mcp-token.interface.js';

/** A token that PropelAuth called active, and when it was asked. */
export interface IntrospectedToken {
  readonly token: McpToken;
  /** When the token was issued, in seconds since 1970, if PropelAuth says. */
  readonly issuedAt: number | undefined;
}

/** Answers whose an MCP client's token is: PropelAuth's word, remembered for as long as the options say. */
@Injectable()
export class McpTokenAuthenticator {
  /**
   * @param token what the caller sent as its token; anything may stand here
   * @param address the address of the client, if it is known
   * @returns what PropelAuth says of it, deeply frozen
   * @throws {Refusal} `mcp_token_invalid`, `mcp_audience_mismatch`, or `propelauth_unavailable` without a usable answer
   */
  async authenticate(token: string, address?: string): Promise<IntrospectedToken> {
    void address;
    if (token === '') throw new Refusal('mcp_token_invalid');
    throw new Refusal('propelauth_unavailable');
  }

  /**
   * Like {@link authenticate}, for the parts of one call: PropelAuth is asked once for all of them.
   *
   * @param request what lasts as long as the call, and no longer
   */
  authenticateWithin(request: object, token: string, address?: string): Promise<IntrospectedToken> {
    void request;
    return this.authenticate(token, address);
  }

  /** What this process remembers of a token, without asking anyone. */
  recall(token: string): IntrospectedToken | undefined {
    void token;
    return undefined;
  }
}
