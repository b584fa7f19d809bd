import type { Type } from '@nestjs/common';
import type { AccessRule } from './access-rule.js';

const ACCESS_RULES_METADATA = Symbol('nestjs-propelauth: rules of a class');
const METHOD_RULES_METADATA = Symbol('nestjs-propelauth: rules of a method, by its name');
const ORIGINS_METADATA = Symbol('nestjs-propelauth: the methods that a function was written as');

/** The keys under which rules are kept. */
export const RULES_METADATA: readonly unknown[] = [
  ACCESS_RULES_METADATA,
  METHOD_RULES_METADATA,
  ORIGINS_METADATA,
];

/** A method, as the class that declares it has it. */
export interface DeclaredMethod {
  readonly owner: Type;
  readonly name: string | symbol;
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
 * Adds a rule to those of a method. It is kept by the name of the method, which stays when the function is replaced. The function is
 * marked, so that a copy of it in another class is found. An inherited function is not marked, because all subclasses share it.
 */
export function recordMethodRule(
  owner: Function,
  name: string | symbol,
  method: Function,
  rule: AccessRule,
): void {
  record(METHOD_RULES_METADATA, rule, prototypeOf(owner), name);
  if (!Object.hasOwn(prototypeOf(owner), name)) return;
  recordOrigin(method, { owner: owner as Type, name });
}

/** Notes that a function was written as a method of a class. */
export function recordOrigin(method: Function, origin: DeclaredMethod): void {
  const known = readOrigins(method);
  if (known.some((one) => isSameMethod(one, origin))) return;
  Reflect.defineMetadata(ORIGINS_METADATA, [...known, origin], method);
}

/** The methods that a function was written as: where an access decorator first saw the function, and where one was written over it. */
export function readOrigins(method: Function): readonly DeclaredMethod[] {
  return (Reflect.getOwnMetadata(ORIGINS_METADATA, method) as DeclaredMethod[] | undefined) ?? [];
}

/** The rules of a class itself, without those of its parents. */
export function readClassRules(type: Function): readonly AccessRule[] {
  return read(ACCESS_RULES_METADATA, prototypeOf(type));
}

/** The rules that were written over a method of a class, without those of the methods it overrides. */
export function readMethodRules(owner: Function, name: string | symbol): readonly AccessRule[] {
  return read(METHOD_RULES_METADATA, prototypeOf(owner), name);
}

/**
 * Whether two methods are the same. A class that a decorator wrapped in a `Proxy` counts as the class inside, because both have the same
 * prototype.
 */
export function isSameMethod(one: DeclaredMethod, other: DeclaredMethod): boolean {
  return one.name === other.name && prototypeOf(one.owner) === prototypeOf(other.owner);
}

function record(key: symbol, rule: AccessRule, target: object, name?: string | symbol): void {
  Reflect.defineMetadata(key, [...read(key, target, name), rule], target, name as string);
}

function read(key: symbol, target: object, name?: string | symbol): readonly AccessRule[] {
  return (Reflect.getOwnMetadata(key, target, name as string) as AccessRule[] | undefined) ?? [];
}

/** The object that keeps the rules of a class. A function without a prototype is no class, and keeps them itself. */
function prototypeOf(type: Function): object {
  return (type.prototype as object | undefined) ?? type;
}
