import { noteChangedRules } from './rule-changes.js';
import type { AccessRule } from './rule.js';

const ACCESS_RULES_METADATA = Symbol('nestjs-propelauth: rules of a class');
const METHOD_RULES_METADATA = Symbol('nestjs-propelauth: rules of a method, by its name');

/**
 * Adds a rule to those of a class.
 *
 * Rules of classes are kept on the prototype: a class decorator that returns a `Proxy` gives the class another identity, and the
 * prototype stays.
 */
export function recordClassRule(type: Function, rule: AccessRule): void {
  record(ACCESS_RULES_METADATA, rule, prototypeOf(type));
}

/** Adds a rule to those of a method. It is kept by the name of the method, which stays when the function is replaced. */
export function recordMethodRule(owner: Function, name: string | symbol, rule: AccessRule): void {
  record(METHOD_RULES_METADATA, rule, prototypeOf(owner), name);
}

/** The rules of a class itself, without those of its parents. */
export function readClassRules(type: Function): readonly AccessRule[] {
  return read(ACCESS_RULES_METADATA, prototypeOf(type));
}

/** The rules that were written over a method of a class, without those of the methods it overrides. */
export function readMethodRules(owner: Function, name: string | symbol): readonly AccessRule[] {
  return read(METHOD_RULES_METADATA, prototypeOf(owner), name);
}

function record(key: symbol, rule: AccessRule, target: object, name?: string | symbol): void {
  noteChangedRules();
  Reflect.defineMetadata(key, [...read(key, target, name), rule], target, name as string);
}

function read(key: symbol, target: object, name?: string | symbol): readonly AccessRule[] {
  return (Reflect.getOwnMetadata(key, target, name as string) as AccessRule[] | undefined) ?? [];
}

/** The object that keeps the rules of a class. A function without a prototype is no class, and keeps them itself. */
function prototypeOf(type: Function): object {
  return (type.prototype as object | undefined) ?? type;
}
