import type { Type } from '@nestjs/common';
import { isCallerRule, type AccessRule } from './access-rule.js';
import {
  classChain,
  declarationsOf,
  isAmong,
  isSameClass,
  originOf,
  ownFunctionOf,
  type DeclaredMethod,
} from './declared-method.js';
import { readCarriedRules, readClassRules, readMethodRules } from './rule-metadata.js';

/** The rules of one level. */
export interface Level {
  readonly rules: readonly AccessRule[];
  /** The rules of the places outside of it where it is declared, nearest first: of a method its class and the classes above. */
  readonly outside: readonly (readonly AccessRule[])[];
}

/** The rules of a handler, from the inner levels to the outer ones. */
export interface HandlerLevels {
  /** Of the method itself. */
  readonly method: Level;
  /** Of the methods that it, or one that it overrides, is a copy of, without what opens. */
  readonly copied: readonly Level[];
  /** Of the methods of that name that it overrides, nearest first, without what opens. */
  readonly overridden: readonly Level[];
  /** Of its class and the classes above, nearest first. */
  readonly classes: readonly Level[];
  /** Of the classes that it is copied from and the classes above them, without what opens. */
  readonly copiedClasses: readonly Level[];
}

/**
 * The rules of a handler. Rules that a function carries from a foreign class only restrict: `@Public()` on a method of one class does not
 * apply to another class with the same function.
 *
 * @param type the class that Nest calls the handler on
 * @param method the method that the handler was traced to, of that class or of one above it
 * @param handler the function that is called
 */
export function levelsOf(type: Type, method: DeclaredMethod, handler: Function): HandlerLevels {
  const { name } = method;
  const chain = classChain(type);
  const [owner = method.owner, ...above] = chain.slice(positionOf(chain, method));
  const functions = [owner, ...above].map((one) => ownFunctionOf(one, name));
  const copies = copiesIn(chain, [handler, ...functions]);
  return {
    method: {
      rules: unionOf(
        readMethodRules(owner, name),
        ...[handler, functions[0]].map((one) => aliasRulesOf(chain, name, one)),
      ),
      outside: outsideOf(owner),
    },
    overridden: above.map((parent, index) => ({
      rules: unionOf(
        readMethodRules(parent, name),
        aliasRulesOf(chain, name, functions[index + 1]),
      ).filter(isRestricting),
      outside: outsideOf(parent),
    })),
    classes: chain.map(classLevelOf),
    ...levelsOfCopies(copies),
  };
}

/** The levels from the inner to the outer. */
export function flatten(levels: HandlerLevels): Level[] {
  const { method, copied, overridden, classes, copiedClasses } = levels;
  return [method, ...copied, ...overridden, ...classes, ...copiedClasses];
}

/**
 * Where in the chain the method begins: at its class, or at a class below that inherits the function and has rules of its own for it.
 */
function positionOf(chain: readonly Type[], { owner, name }: DeclaredMethod): number {
  const declared = Math.max(
    0,
    chain.findIndex((one) => isSameClass(one, owner)),
  );
  let position = declared;
  for (let index = declared - 1; index >= 0; index--) {
    const heir = chain[index] as Type;
    if (Object.hasOwn(heir.prototype as object, name)) break;
    if (readMethodRules(heir, name).length > 0) position = index;
  }
  return position;
}

/** The rules that were written in this chain over the same function under another name. */
function aliasRulesOf(
  chain: readonly Type[],
  name: string | symbol,
  method: Function | undefined,
): AccessRule[] {
  if (method === undefined) return [];
  return readCarriedRules(method)
    .filter(
      ({ rule, owner }) => isAmong(chain, owner) && !readMethodRules(owner, name).includes(rule),
    )
    .map(({ rule }) => rule);
}

/** A class outside of the chain that functions were copied from. */
interface Copied {
  readonly from: Type;
  /** Their names there. */
  readonly names: ReadonlySet<string | symbol>;
  /** The rules they carry from there. */
  readonly rules: readonly AccessRule[];
}

function copiesIn(chain: readonly Type[], functions: readonly (Function | undefined)[]): Copied[] {
  const copies = new Map<object, Copied>();
  const add = (from: Type, names: (string | symbol)[], rules: AccessRule[]): void => {
    if (isAmong(chain, from)) return;
    const known = copies.get(from.prototype as object);
    copies.set(from.prototype as object, {
      from,
      names: new Set([...(known?.names ?? []), ...names]),
      rules: unionOf(known?.rules ?? [], rules),
    });
  };
  for (const one of new Set(functions)) {
    if (one === undefined) continue;
    // Which of its classes it was written in is only known where an access decorator has seen them.
    for (const { owner, name } of [originOf(one) ?? [], declarationsOf(one)].flat()) {
      add(owner, [name], []);
    }
    for (const { rule, owner } of readCarriedRules(one)) add(owner, [], [rule]);
  }
  return [...copies.values()];
}

function levelsOfCopies(
  copies: readonly Copied[],
): Pick<HandlerLevels, 'copied' | 'copiedClasses'> {
  return {
    copied: copies.flatMap(({ from, names, rules }) =>
      classChain(from).map((one, index) => ({
        rules: unionOf(
          index === 0 ? rules : [],
          ...[...names].map((name) => readMethodRules(one, name)),
        ).filter(isRestricting),
        outside: outsideOf(one),
      })),
    ),
    copiedClasses: copies
      // Of a class that only wrote a rule over a copy of its own, the rules of the class are about that copy.
      .filter(({ names }) => names.size > 0)
      .flatMap(({ from }) => classChain(from).map(classLevelOf))
      .map(({ rules, outside }) => ({ rules: rules.filter(isRestricting), outside })),
  };
}

function classLevelOf(type: Type): Level {
  return { rules: readClassRules(type), outside: outsideOf(type).slice(1) };
}

function outsideOf(type: Type): (readonly AccessRule[])[] {
  return classChain(type).map(readClassRules);
}

/** An override inherits what restricts, and never what opens. */
function isRestricting(rule: AccessRule): boolean {
  return !isCallerRule(rule) || (rule.mode !== 'public' && rule.mode !== 'optional');
}

function unionOf(...lists: (readonly AccessRule[])[]): AccessRule[] {
  return [...new Set(lists.flat())];
}
