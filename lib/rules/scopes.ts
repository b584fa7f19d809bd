import { Rejection } from '../rejections/rejection.js';
import type { McpToken } from '../types/mcp-token.interface.js';

export function hasScopes({ scopes }: McpToken, required: readonly string[]): boolean {
  return required.every((scope) => scopes.includes(scope));
}

/** @throws {Rejection} when the token lacks one of them */
export function assertHasScopes(token: McpToken, required: readonly string[]): void {
  if (!hasScopes(token, required)) throw new Rejection('scope_missing');
}
