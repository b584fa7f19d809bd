import type { Type } from '@nestjs/common';
import type { AccessRule } from './access-rule.js';

const ACCESS_RULES_METADATA = Symbol('nestjs-propelauth: rules of a class');
const METHOD_RULES_METADATA = Symbol('nestjs-propelauth: rules of a method, by its name');
const CARRIED_RULES_METADATA = Symbol('nestjs-propelauth: rules that a function carries');

/** The keys under which rules are kept. */
export const RULES_METADATA: readonly unknown[] = [
  ACCESS_RULES_METADATA,
  METHOD_RULES_METADATA,
  CARRIED_RULES_METADATA,
];

/** A rule that a function carries, and the class over whose method it was written. */
export interface CarriedRule {
  readonly rule: AccessRule;
  readonly owner: Type;
}

/**
 * Adds a rule to those of a class.
 *
 * Rules of classes are kept on the prototype: a class decorator that returns a `Proxy` gives the class another identity, and the
 * prototype stays.
 */
export function recordClassRule(type: Function, rule: AccessRule): void {
  record(ACCESS_RULES_METADATA, rule, prototypeOf(type));
}

/**
 * Adds a rule to those of a method: by the name of the method, which stays when the function is replaced, and by the function,
 * which keeps the rule when it is copied into another class. A function that the class only inherits belongs to all heirs of the class
 * above, and does not carry what is written over it here.
 */
export function recordMethodRule(
  owner: Function,
  name: string | symbol,
  method: Function,
  rule: AccessRule,
): void {
  record(METHOD_RULES_METADATA, rule, prototypeOf(owner), name);
  if (!Object.hasOwn(prototypeOf(owner), name)) return;
  const carried = [...readCarriedRules(method), { rule, owner: owner as Type }];
  Reflect.defineMetadata(CARRIED_RULES_METADATA, carried, method);
}

/** The rules of a class itself, without those of its parents. */
export function readClassRules(type: Function): readonly AccessRule[] {
  return read(ACCESS_RULES_METADATA, prototypeOf(type));
}

/** The rules that were written over a method of a class, without those of the methods it overrides. */
export function readMethodRules(owner: Function, name: string | symbol): readonly AccessRule[] {
  return read(METHOD_RULES_METADATA, prototypeOf(owner), name);
}

/** The rules that a function carries into every class to which it is copied. */
export function readCarriedRules(method: Function): readonly CarriedRule[] {
  return (
    (Reflect.getOwnMetadata(CARRIED_RULES_METADATA, method) as CarriedRule[] | undefined) ?? []
  );
}

function record(key: symbol, rule: AccessRule, target: object, name?: string | symbol): void {
  Reflect.defineMetadata(key, [...read(key, target, name), rule], target, name as string);
}

function read(key: symbol, target: object, name?: string | symbol): readonly AccessRule[] {
  return (Reflect.getOwnMetadata(key, target, name as string) as AccessRule[] | undefined) ?? [];
}

/** A function without a prototype is no class, and keeps them itself. */
function prototypeOf(type: Function): object {
  return (type.prototype as object | undefined) ?? type;
}
