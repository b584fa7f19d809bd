import { Rejection } from '../rejections/rejection.js';

/** @throws {Rejection} when a required scope is missing */
export function assertHasScopes(scopes: readonly string[], required: readonly string[]): void {
  if (!required.every((scope) => scopes.includes(scope))) throw new Rejection('scope_missing');
}
