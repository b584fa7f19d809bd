import type { Type } from '@nestjs/common';
import { readAccessRules, readMethodRules } from '../access-rule.js';
import type { AuditedMethod } from './audited-route.js';

/** Rules that were written over a method but are not on the function that Nest calls in its place. */
export function findReplacedMethods({ controller, name, handler }: AuditedMethod): string[] {
  const owner = ownerOf(controller, name);
  if (owner === undefined) return [];
  const present = readAccessRules(handler);
  return readMethodRules(owner, name)
    .filter((rule) => !present.includes(rule))
    .map(
      ({ decorator }) =>
        `${decorator} is lost: a decorator above it, or the constructor, replaced the method. Write ${decorator} above ` +
        'that decorator, and leave the method in place.',
    );
}

/** The class in the prototype chain that has the method itself. */
function ownerOf(controller: Type, name: string): Type | undefined {
  for (
    let prototype = controller.prototype as object | null;
    prototype !== null;
    prototype = Object.getPrototypeOf(prototype) as object | null
  ) {
    if (Object.hasOwn(prototype, name)) return prototype.constructor as Type;
  }
  return undefined;
}
