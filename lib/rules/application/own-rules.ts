import { Injectable, type Type } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import type { AccessCall, AccessNeed, DenialStatus } from '../../options/access-rule.interface.js';
import { singletonOf } from '../../options/application-singletons.js';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { REJECTIONS } from '../../rejections/rejection-table.js';
import { isObject } from '../../values/is-object.js';
import { classOf } from '../../values/provided-class.js';

/** A rule of the application, whatever its arguments, needs and codes. */
export interface OwnRule {
  readonly name: string;
  readonly requires?: readonly AccessNeed[];
  readonly denials?: Readonly<Record<string, DenialStatus>>;
  describe?(...args: readonly unknown[]): unknown;
  authorize(call: AccessCall, ...args: readonly unknown[]): unknown;
}

/** Finds the rule that a class of the application is. */
export type OwnRuleLookUp = (type: Type<OwnRule>) => OwnRule;

const NEEDS: readonly unknown[] = ['caller', 'userId', 'org'] satisfies AccessNeed[];
const STATUSES: readonly unknown[] = [401, 402, 403, 404, 409, 428, 429] satisfies DenialStatus[];

const NAME = /^[a-z][a-z\d]*(-[a-z\d]+)*$/;
const CODE = /^[a-z][a-z\d]*(_[a-z\d]+)*$/;

/** The codes of this package, which clients take for something else. */
const TAKEN_CODES = new Set<string>(Object.values(REJECTIONS).map(({ code }) => code));

/** The rules of the application, by their classes. Each is checked when it is first asked for, at startup. */
@Injectable()
export class OwnRules {
  // Private fields: logging this object must not print the whole application.
  readonly #moduleRef: ModuleRef;
  readonly #modules: ModulesContainer;
  private readonly rules = new Map<Type<OwnRule>, OwnRule>();

  constructor(moduleRef: ModuleRef, modules: ModulesContainer) {
    this.#moduleRef = moduleRef;
    this.#modules = modules;
  }

  /** @throws {PropelAuthConfigurationError} if the class is no singleton provider of the application, or not a rule */
  of(type: Type<OwnRule>): OwnRule {
    const known = this.rules.get(type);
    if (known !== undefined) return known;
    const rule = singletonOf(this.#moduleRef, type, 'A rule of the application');
    this.assertUsable(type, rule);
    this.rules.set(type, rule);
    return rule;
  }

  /** The codes of the rules that have been asked for. */
  get codes(): string[] {
    return [...this.rules.values()].flatMap(({ denials = {} }) => Object.keys(denials));
  }

  private assertUsable(type: Type<OwnRule>, rule: OwnRule): void {
    const mistake =
      (this.isDoubled(type) ? DOUBLED : undefined) ?? mistakeIn(rule) ?? this.clashOf(rule);
    if (mistake === undefined) return;
    throw new PropelAuthConfigurationError(`The rule ${type.name} ${mistake}`);
  }

  private isDoubled(type: Type<OwnRule>): boolean {
    const provided = [...this.#modules.values()].flatMap(({ providers }) => [
      ...providers.values(),
    ]);
    return provided.filter((one) => !one.isAlias && classOf(one) === type).length > 1;
  }

  /** What the rule has in common with another one that it may not have. */
  private clashOf({ name, denials = {} }: OwnRule): string | undefined {
    for (const [other, { name: otherName, denials: others = {} }] of this.rules) {
      if (name === otherName) {
        return `has the name '${name}', as ${other.name} has. Give each rule its own name.`;
      }
      const code = Object.keys(denials).find(
        (one) => Object.hasOwn(others, one) && others[one] !== denials[one],
      );
      if (code !== undefined) {
        return `denies calls with ${denials[code]} ${code}, and ${other.name} with ${others[code]} ${code}. Give each code one status.`;
      }
    }
    return undefined;
  }
}

const DOUBLED =
  'is provided by more than one module, so it is unknown which instance counts. Provide it in one module, and import that module.';

/** What is wrong with a rule, for applications without a compiler that checks it. */
function mistakeIn(rule: Partial<OwnRule>): string | undefined {
  const { name, requires, denials, describe, authorize } = rule;
  if (typeof authorize !== 'function') {
    return 'has no method authorize(). Add authorize(call, …args), which returns true to let a call in.';
  }
  if (typeof name !== 'string' || !NAME.test(name)) {
    return "has no valid name. Set name to lower-case letters, digits and hyphens, such as 'plan'.";
  }
  if (describe !== undefined && typeof describe !== 'function') {
    return 'has a describe that is not a method. Make it describe(…args), which returns a text.';
  }
  if (requires !== undefined && !(Array.isArray(requires) && requires.every(isNeed))) {
    return "has a wrong requires. Set it to a list of 'caller', 'userId' and 'org'.";
  }
  if (denials === undefined) return undefined;
  if (!isObject(denials) || Object.keys(denials).length === 0) {
    return 'has wrong denials. Set them to at least one code and its status, such as { plan_required: 402 }, or leave them out.';
  }
  const wrong = Object.entries(denials).find(
    ([code, status]) => !CODE.test(code) || TAKEN_CODES.has(code) || !STATUSES.includes(status),
  );
  return wrong === undefined
    ? undefined
    : `denies calls with ${String(wrong[1])} ${wrong[0]}. Codes are lower-case letters, digits and underscores, and not those of this package; ` +
        `statuses are ${STATUSES.join(', ')}.`;
}

function isNeed(need: unknown): boolean {
  return NEEDS.includes(need);
}
