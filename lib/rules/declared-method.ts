import type { Type } from '@nestjs/common';
import {
  isSameMethod,
  readOrigins,
  recordOrigin,
  RULES_METADATA,
  type DeclaredMethod,
} from './rule-metadata.js';

export type { DeclaredMethod } from './rule-metadata.js';

const DECLARATIONS_METADATA = Symbol('nestjs-propelauth: the methods that a function is');
const REPLACEMENTS_METADATA = Symbol('nestjs-propelauth: the methods that a function replaces');

/** A class and the classes above it, nearest first. The chain follows prototypes, because JavaScript, and so Nest, finds methods there. */
export function classChain(type: Function): Type[] {
  const chain: Type[] = [];
  for (
    let prototype = (type.prototype ?? null) as object | null;
    prototype !== null && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype) as object | null
  ) {
    chain.push(classOfPrototype(prototype, type));
  }
  return chain.length === 0 ? [type as Type] : chain;
}

/** A plain object in the prototype chain gets a nameless class with it as the prototype, because only the prototype of a class is read. */
function classOfPrototype(prototype: object, type: Function): Type {
  if (prototype === type.prototype) return type as Type;
  const { constructor } = prototype as { constructor?: Function };
  const isOwn = typeof constructor === 'function' && constructor.prototype === prototype;
  return (isOwn ? constructor : { prototype, name: '' }) as Type;
}

/**
 * Marks each function of a class with its method. Tools that wrap handlers (OpenTelemetry, error trackers) copy metadata, so that a wrapper
 * shows which method it wraps.
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
 * Marks each function of a class with this class as its origin, if it has none yet. The rules of its origin are meant for a function, and
 * those of a class to which it is copied are not.
 */
export function markOrigins(type: Function): void {
  for (const owner of classChain(type)) {
    for (const [name, method] of namedMethodsOf(owner)) {
      if (readOrigins(method).length === 0) recordOrigin(method, { owner, name });
    }
  }
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
 * The methods of a class that a function implements: those where the prototype chain has the function itself, those of the chain that its
 * mark names, and those that it replaces in a singleton. Of several methods with one name, this is the nearest. The function's own name
 * proves nothing: `this.list = this.other.bind(this)`.
 *
 * @returns none for a function that cannot be traced
 */
export function traceMethod(type: Type, handler: Function): DeclaredMethod[] {
  // A function that is no handler may be a helper with which a constructor replaced one. Only in a class without handlers is it a method: a
  // library calls it.
  const isMethod = isHandler(handler) || !hasHandlers(type);
  const marks = [...(isMethod ? declarationsOf(handler) : []), ...replacedBy(handler)];
  const methods = classChain(type).flatMap((owner) => [
    ...(isMethod ? namesOf(owner, handler) : []).map((name) => ({ owner, name })),
    ...marks.filter((mark) => isSameClass(mark.owner, owner)),
  ]);
  return methods.filter(
    ({ name }, index) => methods.findIndex((nearest) => nearest.name === name) === index,
  );
}

function namesOf(owner: Type, method: Function): string[] {
  return namedMethodsOf(owner)
    .filter(([, own]) => own === method)
    .map(([name]) => name);
}

/**
 * Whether two functions belong to the same method of a class. Two functions that cannot be traced do: a constructor may bind the method
 * again for each instance, and a tool may wrap it again for each request.
 */
export function isSameHandler(type: Type, one: Function, other: Function): boolean {
  if (one === other) return true;
  const methods = traceMethod(type, one);
  const others = traceMethod(type, other);
  if (methods.length === 0) return others.length === 0;
  return methods.some((method) => others.some((same) => isSameMethod(method, same)));
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

/** The names of the methods that Nest, or a library, may call as handlers; inherited ones included. */
export function handlerNames(type: Type): string[] {
  const names = classChain(type).flatMap((owner) =>
    namedMethodsOf(owner)
      .filter(([, method]) => isHandler(method))
      .map(([name]) => name),
  );
  return [...new Set(names)];
}

/** Stops at the first handler, because a constructor may create new functions for each request. */
function hasHandlers(type: Type): boolean {
  return classChain(type).some((owner) => methodsOf(owner).some(isHandler));
}

/** The method that an instance has under this name, with the class that declares it. */
export function declarationOf(type: Type, name: string): DeclaredMethod | undefined {
  const owner = classChain(type).find(({ prototype }) => Object.hasOwn(prototype as object, name));
  return owner && { owner, name };
}

/** The methods that a function implements, in all classes of the application that have it. */
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

/** Metadata that does not make a method a handler. */
const ENHANCER_METADATA = ['__guards__', '__interceptors__', '__pipes__', '__exceptionFilters__'];
const OWN_METADATA: readonly unknown[] = [
  ...RULES_METADATA,
  DECLARATIONS_METADATA,
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
