import type { Type } from '@nestjs/common';
import { isClass } from '../values/provided-class.js';
import { RULES_METADATA } from './rule-metadata.js';

/** A method, as the class that declares it has it. */
export interface DeclaredMethod {
  readonly owner: Type;
  readonly name: string | symbol;
}

const DECLARATIONS_METADATA = Symbol('nestjs-propelauth: the methods that a function is');
const ORIGIN_METADATA = Symbol('nestjs-propelauth: the method that a function was written as');
const REPLACEMENTS_METADATA = Symbol('nestjs-propelauth: the methods that a function replaces');

/**
 * A class and the classes above it, nearest first: those that the prototypes inherit from, and after them those that the classes
 * alone do. `util.inherits()` and `Object.setPrototypeOf()` link one without the other.
 */
export function classChain(type: Function): Type[] {
  const constructors = constructorChain(type);
  const chain = prototypeChain(type).map(
    (prototype) =>
      constructors.find((one) => one.prototype === prototype) ?? classOfPrototype(prototype),
  );
  return [...chain, ...constructors.filter((one) => !chain.includes(one))];
}

function constructorChain(type: Function): Type[] {
  const chain: Type[] = [];
  for (
    let current: unknown = type;
    typeof current === 'function' && current !== Function.prototype;
    current = Object.getPrototypeOf(current)
  ) {
    chain.push(current as Type);
  }
  return chain;
}

function prototypeChain({ prototype }: Function): object[] {
  const chain: object[] = [];
  for (
    let current = (prototype ?? null) as object | null;
    current !== null && current !== Object.prototype;
    current = Object.getPrototypeOf(current) as object | null
  ) {
    chain.push(current);
  }
  return chain;
}

const namelessClasses = new WeakMap<object, Type>();

/** The class of a prototype. A plain object that serves as one has none, and gets one to be named by. */
function classOfPrototype(prototype: object): Type {
  const { constructor } = prototype;
  if (isClass(constructor) && constructor.prototype === prototype) return constructor;
  const known = namelessClasses.get(prototype);
  if (known !== undefined) return known;
  const nameless = Object.assign(function () {}, { prototype }) as unknown as Type;
  namelessClasses.set(prototype, nameless);
  return nameless;
}

/**
 * Marks each function of a class with the method it is. Tools that wrap handlers (OpenTelemetry, error trackers) copy metadata
 * along, so that the wrapper tells which method it wraps.
 */
export function markMethods(type: Function): void {
  for (const owner of classChain(type)) {
    for (const [name, method] of namedMethodsOf(owner)) {
      const known = declarationsOf(method);
      if (known.some((mark) => isSameMethod(mark, { owner, name }))) continue;
      Reflect.defineMetadata(DECLARATIONS_METADATA, [...known, { owner, name }], method);
    }
  }
}

/**
 * Notes on each function of a class that it was written there: a function that has been noted before is a copy. The rules of the
 * class it was written in go with it.
 */
export function markOrigins(type: Function): void {
  for (const owner of classChain(type)) {
    for (const [name, method] of namedMethodsOf(owner)) {
      if (originOf(method) === undefined) {
        Reflect.defineMetadata(ORIGIN_METADATA, { owner, name }, method);
      }
    }
  }
}

/** The method that a function was written as, where an access decorator has seen its class. */
export function originOf(method: Function): DeclaredMethod | undefined {
  return Reflect.getOwnMetadata(ORIGIN_METADATA, method) as DeclaredMethod | undefined;
}

/**
 * Finds the functions with which the constructor of a singleton has replaced its handlers, and marks each with the methods that it
 * replaces, for tools that wrap it.
 */
export function readReplacements(instance: object, type: Type): void {
  for (const name of handlerNames(type)) {
    const replacement: unknown = Object.getOwnPropertyDescriptor(instance, name)?.value;
    const method = declarationOf(type, name);
    if (typeof replacement !== 'function' || method === undefined) continue;
    const known = replacedBy(replacement);
    if (known.some((mark) => isSameMethod(mark, method))) continue;
    Reflect.defineMetadata(REPLACEMENTS_METADATA, [...known, method], replacement);
  }
}

/**
 * The methods of a class that a function stands for: those it is on the prototype chain, those of the chain that its mark names, and
 * those that it replaces in a singleton. Its own name proves nothing: `this.list = this.other.bind(this)`. Nor does it matter what a
 * function is in another class, where the constructor may have it from.
 *
 * @returns none for a function that cannot be traced
 */
export function traceMethod(type: Type, handler: Function): DeclaredMethod[] {
  const chain = classChain(type);
  const replaced = replacedBy(handler).filter(({ owner }) => isAmong(chain, owner));
  return [...(isHandler(handler) ? findMethods(chain, handler) : []), ...replaced];
}

/**
 * Whether two functions belong to the same method of a class. Two that cannot be traced do: a constructor binds again for each instance,
 * and a tool wraps again for each request.
 */
export function isSameHandler(type: Type, one: Function, other: Function): boolean {
  if (one === other) return true;
  const methods = traceMethod(type, one);
  const others = traceMethod(type, other);
  if (methods.length === 0) return others.length === 0;
  return methods.some((method) => others.some((same) => isSameMethod(method, same)));
}

function findMethods(chain: readonly Type[], handler: Function): DeclaredMethod[] {
  const found = chain.flatMap((owner) =>
    namedMethodsOf(owner)
      .filter(([, method]) => method === handler)
      .map(([name]) => ({ owner, name })),
  );
  const marked = declarationsOf(handler).filter(
    (mark) => isAmong(chain, mark.owner) && !found.some((method) => isSameMethod(method, mark)),
  );
  return [...found, ...marked];
}

/** A class that a decorator wrapped in a `Proxy` still has the prototype of the class inside. */
export function isSameClass(one: Function, other: Function): boolean {
  return one.prototype === other.prototype;
}

/** Whether a class is one of a chain. */
export function isAmong(chain: readonly Type[], owner: Function): boolean {
  return chain.some((one) => isSameClass(one, owner));
}

/** The function that a class itself has under a name, as Nest would call it. */
export function ownFunctionOf(
  { prototype }: Function,
  name: string | symbol,
): Function | undefined {
  const own: unknown =
    typeof prototype === 'object' && prototype !== null
      ? Object.getOwnPropertyDescriptor(prototype, name)?.value
      : undefined;
  return typeof own === 'function' ? own : undefined;
}

function isSameMethod(one: DeclaredMethod, other: DeclaredMethod): boolean {
  return one.name === other.name && isSameClass(one.owner, other.owner);
}

/** The names of the methods that Nest, or a library, may call as handlers; inherited ones included. */
export function handlerNames(type: Type): string[] {
  const names = classChain(type).flatMap((owner) =>
    namedMethodsOf(owner)
      .filter(([, method]) => isHandler(method))
      .map(([name]) => name),
  );
  return [...new Set(names)];
}

/** The class of the chain that declares the method which an instance has under this name. */
export function declarationOf(type: Type, name: string): DeclaredMethod | undefined {
  const owner = classChain(type).find(({ prototype }) => Object.hasOwn(prototype as object, name));
  return owner && { owner, name };
}

/** The methods that a function is, in all classes that have it and are part of an application. */
export function declarationsOf(method: Function): readonly DeclaredMethod[] {
  return (
    (Reflect.getOwnMetadata(DECLARATIONS_METADATA, method) as DeclaredMethod[] | undefined) ?? []
  );
}

function replacedBy(method: Function): readonly DeclaredMethod[] {
  return (
    (Reflect.getOwnMetadata(REPLACEMENTS_METADATA, method) as DeclaredMethod[] | undefined) ?? []
  );
}

/** The methods that a class declares itself. */
export function methodsOf(type: Function): Function[] {
  return namedMethodsOf(type).map(([, method]) => method);
}

function namedMethodsOf({ prototype }: Function): [name: string, method: Function][] {
  if (prototype === undefined || prototype === null) return [];
  return Object.entries(Object.getOwnPropertyDescriptors(prototype as object))
    .filter(([name, { value }]) => name !== 'constructor' && typeof value === 'function')
    .map(([name, { value }]) => [name, value as Function]);
}

/** Metadata that says nothing about whether a method is called by anybody. */
const ENHANCER_METADATA = ['__guards__', '__interceptors__', '__pipes__', '__exceptionFilters__'];
const OWN_METADATA: readonly unknown[] = [
  ...RULES_METADATA,
  DECLARATIONS_METADATA,
  ORIGIN_METADATA,
  REPLACEMENTS_METADATA,
];

/** Whether some decorator makes a method a handler: of a route, a message, an operation, or of another library. */
export function isHandler(method: Function): boolean {
  return (Reflect.getOwnMetadataKeys(method) as unknown[]).some(
    (key) => !OWN_METADATA.includes(key) && !isToolMetadata(key),
  );
}

function isToolMetadata(key: unknown): boolean {
  return (
    typeof key === 'string' &&
    (ENHANCER_METADATA.includes(key) || key.startsWith('design:') || key.startsWith('swagger/'))
  );
}
