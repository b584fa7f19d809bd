import type { Type } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import { readClassRules, readMethodRules, type AccessRule } from '../access-rule.js';
import { reachableKinds } from '../application-handlers.js';
import { classChain, isHandler } from '../declared-method.js';

/** A class of the application, and whether Nest makes routes of its methods. */
export interface AuditedClass {
  readonly type: Type;
  readonly isController: boolean;
}

// The key under which Nest keeps the path of a method that handles HTTP requests.
const PATH_METADATA = 'path';

const scanner = new MetadataScanner();

/** Whether a decorator of this package is on a class, on one above, or on one of their methods. */
export function hasRules({ type }: AuditedClass): boolean {
  return (
    rulesOfClass(type).length > 0 ||
    methodNames(type).some((name) => rulesOfMethod(type, name).length > 0)
  );
}

/** Rules on what no guard reaches: a method that is no handler, a class that has none. They would protect nothing. */
export function findStrayRules(audited: AuditedClass): string[] {
  return [...findOnClass(audited), ...findOnMethods(audited)];
}

function findOnClass(audited: AuditedClass): string[] {
  const { type, isController } = audited;
  const [rule] = rulesOfClass(type).filter(isRestricting);
  if (rule === undefined || isController || handlesRequests(audited, rule)) return [];
  return [
    `${type.name}: ${rule.decorator} on a class that handles no requests, where no guard runs; remove it, and check with ` +
      'PropelAuthService instead.',
  ];
}

function findOnMethods(audited: AuditedClass): string[] {
  const { type } = audited;
  return methodNames(type).flatMap((name) =>
    rulesOfMethod(type, name)
      .filter((rule) => isRestricting(rule) && !isCalled(audited, name, rule))
      .map(
        ({ decorator }) =>
          `${type.name}.${name}: ${decorator} on a method that handles no requests, where no guard runs; remove it, and ` +
          'check with PropelAuthService instead.',
      ),
  );
}

/** `@Public()` protects nothing anyway. On a handler of another library it lifts what the module requires. */
function isRestricting(rule: AccessRule): boolean {
  return rule.kind !== 'caller' || rule.mode !== 'public';
}

/** Whether some method is a handler, be it inherited: the rules of the class hold for that as well. */
function handlesRequests(audited: AuditedClass, rule: AccessRule): boolean {
  return methodNames(audited.type).some((name) => isCalled(audited, name, rule));
}

/** Whether somebody calls a method with its guards: Nest, or a library, to which the rule then has to say where the token is. */
function isCalled({ type, isController }: AuditedClass, name: string, rule: AccessRule): boolean {
  const method = (type.prototype as Record<string, Function>)[name] as Function;
  return (
    Reflect.hasMetadata(PATH_METADATA, method) ||
    reachableKinds(method, type, isController).length > 0 ||
    (rule.tokenSource !== undefined && isHandler(method))
  );
}

function rulesOfClass(type: Type): AccessRule[] {
  return classChain(type).flatMap(readClassRules);
}

function rulesOfMethod(type: Type, name: string): AccessRule[] {
  return classChain(type).flatMap((owner) => readMethodRules(owner, name));
}

function methodNames({ prototype }: Type): string[] {
  return scanner.getAllMethodNames(prototype as object);
}
