import { HttpStatus } from '@nestjs/common';
import { mcpChallenge } from './mcp-challenge.js';
import { REJECTIONS, type RejectionReason } from '../rejections/rejection-table.js';

const metadataUrl = 'https://api.example.com/.well-known/oauth-protected-resource/mcp';
const options = { scopes: ['read:reports', 'write:reports'], metadataUrl };
const reasons = Object.keys(REJECTIONS) as RejectionReason[];

function reasonsWith(status: HttpStatus): RejectionReason[] {
  return reasons.filter((reason) => REJECTIONS[reason].status === status);
}

describe('The challenge for an MCP client', () => {
  it('tells a request without a token where to get one and with which scopes, without an error', () => {
    expect(mcpChallenge('mcp_token_missing', options)).toBe(
      `Bearer scope="read:reports write:reports", resource_metadata="${metadataUrl}"`,
    );
  });

  it.each(reasonsWith(HttpStatus.UNAUTHORIZED).filter((reason) => reason !== 'mcp_token_missing'))(
    'has the error invalid_token for any other 401: %s',
    (reason) => {
      expect(mcpChallenge(reason, options)).toBe(
        `Bearer error="invalid_token", scope="read:reports write:reports", resource_metadata="${metadataUrl}"`,
      );
    },
  );

  it('lists every scope that the call needs if one is missing', () => {
    expect(mcpChallenge('scope_missing', options)).toBe(
      `Bearer error="insufficient_scope", scope="read:reports write:reports", resource_metadata="${metadataUrl}"`,
    );
  });

  it.each(
    reasons.filter(
      (reason) =>
        REJECTIONS[reason].status !== HttpStatus.UNAUTHORIZED && reason !== 'scope_missing',
    ),
  )('is not sent if another token would not help: %s', (reason) => {
    expect(mcpChallenge(reason, options)).toBeUndefined();
  });

  it('omits the scopes if the call needs none, so that clients request those of the metadata', () => {
    expect(mcpChallenge('mcp_token_missing', { scopes: [], metadataUrl })).toBe(
      `Bearer resource_metadata="${metadataUrl}"`,
    );
  });

  it.each([
    ['a"b\\c', String.raw`"a\"b\\c"`],
    ['a\r\nSet-Cookie: b', '"a%0D%0ASet-Cookie: b"'],
    ['m\u00fcnchen\u{1f600}\ud800', '"m%C3%BCnchen%F0%9F%98%80"'],
  ])('contains nothing that ends the header or its parameter: %j', (url, quoted) => {
    expect(mcpChallenge('mcp_token_missing', { scopes: [], metadataUrl: url })).toBe(
      `Bearer resource_metadata=${quoted}`,
    );
  });
});
