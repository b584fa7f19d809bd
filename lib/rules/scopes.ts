import { Rejection } from '../rejections/rejection.js';

export function hasScopes(scopes: readonly string[], required: readonly string[]): boolean {
  return required.every((scope) => scopes.includes(scope));
}

/** @throws {Rejection} when a required scope is missing */
export function assertHasScopes(scopes: readonly string[], required: readonly string[]): void {
  if (!hasScopes(scopes, required)) throw new Rejection('scope_missing');
}
