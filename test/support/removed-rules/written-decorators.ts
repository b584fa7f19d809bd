import type { INestApplication, Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { AccessRule } from '../../../lib/rules/rule.js';
import { classChain } from '../../../lib/rules/declared-method.js';
import { readClassRules, readMethodRules } from '../../../lib/rules/rule-metadata.js';

/** An access decorator, as it is written over a class or a method. */
export interface WrittenDecorator {
  readonly owner: Type;
  /** The name of the method; `undefined` for a decorator of a class. */
  readonly method: string | undefined;
  /** The rules that it records. Most decorators record one; `@RequireMcpToken({ scopes })` records two. */
  readonly rules: readonly AccessRule[];
  /** The class, those that it extends and those that extend it; parents first. */
  readonly family: readonly Type[];
}

/** All access decorators of the controllers and providers of an application, and of the classes that they extend. */
export function writtenDecorators(app: INestApplication): WrittenDecorator[] {
  return decoratorsIn(classesOf(app));
}

/** The same, of these classes. */
export function decoratorsIn(classes: readonly Type[]): WrittenDecorator[] {
  return classes.flatMap((owner) => {
    const family = familyOf(owner, classes);
    const decorators = [
      ...decoratorsOf(readClassRules(owner)).map((rules) => ({ method: undefined, rules })),
      ...ownMethods(owner).flatMap((method) =>
        decoratorsOf(readMethodRules(owner, method)).map((rules) => ({ method, rules })),
      ),
    ];
    return decorators.map((decorator) => ({ owner, family, ...decorator }));
  });
}

/** For the title of a test: `@Public() of CatsController.findAll`. */
export function inWords({ owner, method, rules }: WrittenDecorator): string {
  const place = method === undefined ? owner.name : `${owner.name}.${method}`;
  return `${rules[0]?.decorator} of ${place}`;
}

/** The names of the methods that a class declares itself. */
export function ownMethods({ prototype }: Type): string[] {
  const descriptors = Object.getOwnPropertyDescriptors(prototype as object);
  return Object.entries(descriptors)
    .filter(([name, { value }]) => name !== 'constructor' && typeof value === 'function')
    .map(([name]) => name);
}

function classesOf(app: INestApplication): Type[] {
  const modules = [...app.get(ModulesContainer).values()];
  const wrappers = modules.flatMap(({ controllers, providers }) => [
    ...controllers.values(),
    ...providers.values(),
  ]);
  const classes = wrappers
    .map(({ metatype }) => metatype)
    .filter(isClass)
    .flatMap(classChain);
  return [...new Set(classes)];
}

/** Whether it is no factory of a provider. */
function isClass(metatype: unknown): metatype is Type {
  return typeof metatype === 'function' && typeof metatype.prototype === 'object';
}

function familyOf(type: Type, classes: readonly Type[]): Type[] {
  const relatives = classes.filter(
    (other) => classChain(other).includes(type) || classChain(type).includes(other),
  );
  return relatives.toSorted((one, other) => classChain(one).length - classChain(other).length);
}

/** The rules of one place, by the decorator that recorded them. No two decorators of one place have the same text. */
function decoratorsOf(rules: readonly AccessRule[]): AccessRule[][] {
  const texts = [...new Set(rules.map(({ decorator }) => decorator))];
  return texts.map((text) => rules.filter(({ decorator }) => decorator === text));
}
