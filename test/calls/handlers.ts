import type { Type } from '@nestjs/common';
import type { Rule } from './rules.js';
import { noteParts, parameterOf, Witness } from './witness.js';

interface Handlers {
  /** The name of the class, and of those of rules with decorators of the class. */
  readonly name: string;
  readonly rules: readonly Rule[];
  /** Makes a handler one of this transport. */
  decorate(rule: Rule): MethodDecorator[];
  /** Makes a class one of this transport. */
  readonly ofClass: readonly ClassDecorator[];
  /** What the handler returns. */
  readonly result: (rule: Rule) => unknown;
  /** A parameter in front of those of the rule. */
  readonly parameter?: ParameterDecorator;
}

/**
 * Writes the classes of one transport: one handler for each rule, all in one class, except where the class has a decorator. They are what
 * the compiler makes of handlers that are written out.
 */
export function classesOf(handlers: Handlers): Type[] {
  const shared = handlers.rules.filter(({ ofClass }) => ofClass === undefined);
  const alone = handlers.rules.filter(({ ofClass }) => ofClass !== undefined);
  return [
    classWith(handlers, handlers.name, shared, []),
    ...alone.map((rule) =>
      classWith(handlers, `${handlers.name}_${rule.name}`, [rule], rule.ofClass ?? []),
    ),
  ];
}

function classWith(
  handlers: Handlers,
  name: string,
  rules: readonly Rule[],
  decorators: readonly ClassDecorator[],
): Type {
  const { [name]: made } = {
    [name]: class {
      readonly witness: Witness;

      constructor(witness: Witness) {
        this.witness = witness;
      }
    },
  };
  const type = made as Type;
  for (const rule of rules) addHandler(type.prototype as object, rule, handlers);
  const finished = decorated(type, [...handlers.ofClass, ...decorators]);
  // Last, because a `Proxy` has no metadata of its class.
  Reflect.defineMetadata('design:paramtypes', [Witness], finished);
  return finished;
}

function decorated(type: Type, decorators: readonly ClassDecorator[]): Type {
  return decorators.reduceRight<Type>((made, decorate) => decorate(made) ?? made, type);
}

/**
 * Writes a class with one handler, and a subclass for each rule, which inherits the handler: the same function is one of several classes.
 *
 * @param ofClass makes a subclass one of this transport
 */
export function heirsOf(
  handlers: Handlers,
  handler: Rule,
  heirs: readonly Rule[],
  ofClass: (rule: Rule) => ClassDecorator[],
): Type[] {
  const parent = classWith(handlers, handlers.name, [handler], []);
  return heirs.map((rule) => {
    const { [rule.name]: heir } = { [rule.name]: class extends parent {} };
    return decorated(heir as Type, [...ofClass(rule), ...(rule.ofClass ?? [])]);
  });
}

function addHandler(prototype: object, rule: Rule, handlers: Handlers): void {
  const { name, sees } = rule;
  const own = handlers.parameter === undefined ? [] : [handlers.parameter];
  const parameters = [...own, ...sees.map(parameterOf)];
  const { [name]: method } = {
    [name](this: { witness: Witness }, ...values: unknown[]) {
      this.witness.saw(`${this.constructor.name}.${name}`, sees, values.slice(own.length));
      return handlers.result(rule);
    },
  };
  noteParts(method as object, name, sees);
  const types = parameters.map(() => Object);
  Object.defineProperty(prototype, name, { value: method, writable: true, configurable: true });
  Reflect.defineMetadata('design:paramtypes', types, prototype, name);
  parameters.forEach((decorate, index) => decorate(prototype, name, index));
  const decorators = handlers.decorate(rule);
  for (const decorate of decorators.toReversed()) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name)!;
    Object.defineProperty(prototype, name, decorate(prototype, name, descriptor) ?? descriptor);
  }
}
