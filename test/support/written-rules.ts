import { Get, type Type } from '@nestjs/common';
import type { AccessRule } from '../../lib/rules/access-rule.js';
import { markMethods } from '../../lib/rules/declared-method.js';
import { recordClassRule, recordMethodRule } from '../../lib/rules/rule-metadata.js';
import { decorateHandler } from './routes.js';
import { callersOf, type CallersName } from './callers.js';

/** One decorator's word on who may call. */
export function callerRule(decorator: string, mode: CallersName = 'user'): AccessRule {
  return { kind: 'caller', callers: callersOf(mode), decorator };
}

/** Every member of the organization, and nobody else. */
export function memberRule(decorator: string): AccessRule {
  return { kind: 'org', requirement: { kind: 'member' }, source: undefined, decorator };
}

export function methodOf(type: Type, name: string): Function {
  return (type.prototype as Record<string, Function>)[name] as Function;
}

/** Writes rules over a class as decorators do. */
export function writeOverClass(type: Type, ...rules: AccessRule[]): void {
  markMethods(type);
  for (const rule of rules) recordClassRule(type, rule);
}

/** Writes rules over a method as decorators do. */
export function writeOverMethod(type: Type, name: string, ...rules: AccessRule[]): void {
  markMethods(type);
  for (const rule of rules) recordMethodRule(type, name, rule);
}

/** Makes methods the handlers of routes. */
export function handle(type: Type, ...names: string[]): void {
  for (const name of names) decorateHandler(type, name, Get());
}

/** Gives a class the method of another. */
export function copyMethod(to: Type, name: string, method: Function): void {
  Object.defineProperty(to.prototype, name, { value: method, configurable: true });
}

/** A function that says nothing of itself. */
export function newFunction(): Function {
  return () => {};
}

/** Wraps a function as tools do that watch handlers: with its metadata, under no name. */
export function wrap(method: Function): Function {
  const wrapper = newFunction();
  for (const key of Reflect.getOwnMetadataKeys(method) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, method), wrapper);
  }
  return wrapper;
}
