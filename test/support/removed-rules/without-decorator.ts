import type { Type } from '@nestjs/common';
import { DenyImpersonation } from 'nestjs-propelauth';
import { createAccessDecorator } from '../../../lib/rules/access.decorator.js';
import {
  API_SECURITY_METADATA,
  isOwnRequirement,
  type SecurityRequirement,
} from '../../../lib/rules/open-api-security.js';
import type { AccessRule } from '../../../lib/rules/rule.js';
import { guardsOf } from '../../../lib/rules/guard-metadata.js';
import { readClassRules, readMethodRules } from '../../../lib/rules/rule-metadata.js';
import { ownMethods, type WrittenDecorator } from './written-decorators.js';

/*
 * A class without one of its access decorators has more to lose than a rule: each decorator also puts guards on the class and on methods,
 * marks functions, and writes security requirements for OpenAPI. What two decorators both write must stay while one of them does. So the
 * class is not edited: everything that access decorators wrote is taken from it, and all decorators but the removed one are applied again,
 * in the order in which they were. That is the class whose author never wrote the decorator.
 *
 * A decorator of a class also marks the methods that the class inherits, so that all classes of a family are written anew.
 */

/** Runs `work` while a class is without one of its access decorators. */
export async function withoutDecorator<Result>(
  removed: WrittenDecorator,
  work: () => Promise<Result>,
): Promise<Result> {
  const written = removed.family.flatMap(writtenOn);
  const places = removed.family.flatMap(placesOf);
  const before = places.map(snapshot);
  try {
    places.forEach(clear);
    written.filter((one) => !isPartOf(removed, one)).forEach(write);
    return await work();
  } finally {
    before.forEach((restore) => restore());
  }
}

/** A rule, and where it is written. */
interface WrittenRule {
  readonly owner: Type;
  readonly method: string | undefined;
  readonly rule: AccessRule;
}

/** The rules of a class in the order of their decorators: those of methods first. */
function writtenOn(owner: Type): WrittenRule[] {
  return [
    ...ownMethods(owner).flatMap((method) =>
      readMethodRules(owner, method).map((rule) => ({ owner, method, rule })),
    ),
    ...readClassRules(owner).map((rule) => ({ owner, method: undefined, rule })),
  ];
}

function isPartOf(removed: WrittenDecorator, { owner, method, rule }: WrittenRule): boolean {
  return owner === removed.owner && method === removed.method && removed.rules.includes(rule);
}

function write({ owner, method, rule }: WrittenRule): void {
  const decorate = createAccessDecorator(rule);
  const prototype = owner.prototype as object;
  if (method === undefined) decorate(owner);
  else decorate(prototype, method, Object.getOwnPropertyDescriptor(prototype, method) ?? {});
}

/** Where metadata is: an object, or a property of it. */
type Place = readonly [target: object, property?: string];

/** The places that access decorators of a class write to: the class, its prototype, and of each method the name and the function. */
function placesOf(type: Type): Place[] {
  const prototype = type.prototype as Record<string, object>;
  const ofMethods = ownMethods(type).flatMap((name): Place[] => [
    [prototype, name],
    [prototype[name] as object],
  ]);
  return [[type], [prototype], ...ofMethods];
}

/** Takes a picture of a place, and returns what restores it. Values are replaced, never changed, so the picture needs no copies. */
function snapshot(place: Place): () => void {
  const values = keysOf(place).map((key) => [key, read(place, key)] as const);
  return () => {
    for (const key of keysOf(place)) remove(place, key);
    for (const [key, value] of values) define(place, key, value);
  };
}

/** The guards that access decorators put on a class, and the keys that are theirs alone, as a class with one such decorator shows them. */
const { guards: OWN_GUARDS, keys: OWN_KEYS } = traces();

function traces() {
  @DenyImpersonation()
  class Traced {
    @DenyImpersonation()
    method() {}
  }
  const keys = placesOf(Traced).flatMap(keysOf);
  return { guards: guardsOf(Traced), keys: keys.filter((key) => typeof key === 'symbol') };
}

// The key under which Nest keeps @UseGuards(), which applications share.
const GUARDS_METADATA = '__guards__';

function clear(place: Place): void {
  for (const key of OWN_KEYS) remove(place, key);
  keepOthers(place, GUARDS_METADATA, (guard) => OWN_GUARDS.includes(guard));
  keepOthers(place, API_SECURITY_METADATA, (requirement) =>
    isOwnRequirement(requirement as SecurityRequirement),
  );
}

/** Removes what is ours from a list that others write to. A class without any has no list. */
function keepOthers(place: Place, key: string, isOurs: (value: unknown) => boolean): void {
  if (!keysOf(place).includes(key)) return;
  const others = (read(place, key) as unknown[]).filter((value) => !isOurs(value));
  if (others.length === 0) remove(place, key);
  else define(place, key, others);
}

// The types of reflect-metadata want a property, which it does without.
function keysOf([target, property]: Place): unknown[] {
  return Reflect.getOwnMetadataKeys(target, property as string) as unknown[];
}

function read([target, property]: Place, key: unknown): unknown {
  return Reflect.getOwnMetadata(key, target, property as string);
}

function define([target, property]: Place, key: unknown, value: unknown): void {
  Reflect.defineMetadata(key, value, target, property as string);
}

function remove([target, property]: Place, key: unknown): void {
  Reflect.deleteMetadata(key, target, property as string);
}
