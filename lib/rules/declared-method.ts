import type { Type } from '@nestjs/common';
import { noteChangedRules } from './rule-changes.js';

const METHOD_METADATA = Symbol('nestjs-propelauth: the method that a function is');

/** A method, as the class that declares it has it. */
export interface DeclaredMethod {
  readonly owner: Type;
  readonly name: string | symbol;
}

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
    for (const [name, method] of namedMethodsOf(owner)) markMethod(method, { owner, name });
  }
}

/** Marks a function with its method. It keeps its first mark, so that a copy of it in another class, or under another name, is found. */
export function markMethod(method: Function, declared: DeclaredMethod): void {
  if (markOf(method) !== undefined) return;
  noteChangedRules();
  Reflect.defineMetadata(METHOD_METADATA, declared, method);
}

/** The method that a function is, or that it wraps; `undefined` for a function that no class had when its methods were marked. */
export function markOf(method: Function): DeclaredMethod | undefined {
  return Reflect.getOwnMetadata(METHOD_METADATA, method) as DeclaredMethod | undefined;
}

/**
 * The name of the method that a function is in a class. The function's own name proves nothing: `this.list = this.other.bind(this)`.
 *
 * @returns `undefined` for a function without a mark or with that of another class
 */
export function tracedName(type: Type, handler: Function): string | symbol | undefined {
  const mark = markOf(handler);
  if (mark === undefined || !isAmong(classChain(type), mark.owner)) return undefined;
  // A function that is no handler may be a helper with which a constructor replaced one. Only in a class without handlers is it a method: a
  // library calls it.
  return isHandler(handler) || !hasHandlers(type) ? mark.name : undefined;
}

/** Whether two functions are the same method. A library, or a tool for each request, may wrap the method again. */
export function isSameHandler(one: Function, other: Function): boolean {
  if (one === other) return true;
  const [mark, same] = [markOf(one), markOf(other)];
  return (
    mark !== undefined &&
    same !== undefined &&
    mark.name === same.name &&
    isSameClass(mark.owner, same.owner)
  );
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

/** Whether a class has or inherits a method that is a handler. */
export function hasHandlers(type: Type): boolean {
  return classChain(type).some((owner) => methodsOf(owner).some(isHandler));
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

/** Whether some decorator makes a method a handler: of a route, a message, an operation, or of another library. */
export function isHandler(method: Function): boolean {
  return (Reflect.getOwnMetadataKeys(method) as unknown[]).some(
    (key) => key !== METHOD_METADATA && !isToolMetadata(key),
  );
}

function isToolMetadata(key: unknown): boolean {
  return (
    typeof key === 'string' &&
    (ENHANCER_METADATA.includes(key) || key.startsWith('design:') || key.startsWith('swagger/'))
  );
}
