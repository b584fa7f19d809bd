import { Injectable, type CanActivate, type Type } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { singletonOf } from '../../options/application-singletons.js';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { classOf } from '../../values/provided-class.js';
import { mistakeInGuard, ruleOfGuard } from './guard-as-rule.js';
import { mistakeInLoader, type OwnLoader } from './own-loader.js';
import { clashOfCodes, mistakeInRule, type OwnRule } from './own-rule.js';

const NAME = /^[a-z][a-z\d]*(-[a-z\d]+)*$/;

/** Rules, guards that are rules, or loaders: what they are called, and what may be wrong with one alone and beside another. */
interface Sort<Provided, One> {
  readonly noun: string;
  readonly mistakeIn: (provided: Partial<Provided>) => string | undefined;
  readonly as: (provided: Provided, className: string) => One;
  readonly clashOf?: (one: One, other: One, nameOfOther: string) => string | undefined;
}

const RULES: Sort<OwnRule, OwnRule> = {
  noun: 'rule',
  mistakeIn: mistakeInRule,
  as: (rule) => rule,
  clashOf: clashOfCodes,
};
const GUARDS: Sort<CanActivate, OwnRule> = {
  noun: 'guard',
  mistakeIn: mistakeInGuard,
  as: ruleOfGuard,
};
const LOADERS: Sort<OwnLoader, OwnLoader> = {
  noun: 'loader',
  mistakeIn: mistakeInLoader,
  as: (loader) => loader,
};

/** The rules and loaders of the application, by their classes. Each is checked when it is first asked for, at startup. */
@Injectable()
export class OwnProviders {
  // Private fields: logging this object must not print the whole application.
  readonly #moduleRef: ModuleRef;
  readonly #modules: ModulesContainer;
  private readonly rules = new Map<Type, OwnRule>();
  private readonly loaders = new Map<Type, OwnLoader>();

  constructor(moduleRef: ModuleRef, modules: ModulesContainer) {
    this.#moduleRef = moduleRef;
    this.#modules = modules;
  }

  /** @throws {PropelAuthConfigurationError} if the class is not a singleton provider of one module, or not a rule */
  ruleOf(type: Type<OwnRule>): OwnRule {
    return this.rules.get(type) ?? this.find(type, this.rules, RULES);
  }

  /** @throws {PropelAuthConfigurationError} if the class is not a singleton provider of one module, or not a guard */
  ruleOfGuard(type: Type<CanActivate>): OwnRule {
    return this.rules.get(type) ?? this.find(type, this.rules, GUARDS);
  }

  /** @throws {PropelAuthConfigurationError} if the class is not a singleton provider of one module, or not a loader */
  loaderOf(type: Type<OwnLoader>): OwnLoader {
    return this.loaders.get(type) ?? this.find(type, this.loaders, LOADERS);
  }

  /** The codes of the rules that have been asked for. */
  get codes(): string[] {
    return [...this.rules.values()].flatMap(({ denials = {} }) => Object.keys(denials));
  }

  private find<Provided, One extends { readonly name: string }>(
    type: Type<Provided>,
    known: Map<Type, One>,
    { noun, mistakeIn, as, clashOf }: Sort<Provided, One>,
  ): One {
    const provided = singletonOf(this.#moduleRef, type, `A ${noun} of the application`);
    const found = as(provided, type.name);
    const mistake =
      (this.isDoubled(type) ? DOUBLED : undefined) ??
      mistakeIn(provided) ??
      mistakeInName(found, noun) ??
      [...known]
        .map(
          ([{ name }, other]) => clashOfNames(found, other, name) ?? clashOf?.(found, other, name),
        )
        .find((clash) => clash !== undefined);
    if (mistake !== undefined) {
      throw new PropelAuthConfigurationError(`The ${noun} ${type.name} ${mistake}`);
    }
    known.set(type, found);
    return found;
  }

  private isDoubled(type: Type): boolean {
    const provided = [...this.#modules.values()].flatMap(({ providers }) => [
      ...providers.values(),
    ]);
    return provided.filter((one) => !one.isAlias && classOf(one) === type).length > 1;
  }
}

const DOUBLED =
  'is provided by more than one module, so it is unknown which instance counts. Provide it in one module, and import that module.';

function mistakeInName({ name }: { readonly name: unknown }, noun: string): string | undefined {
  return typeof name === 'string' && NAME.test(name)
    ? undefined
    : `has no valid name. Set name to lower-case letters, digits and hyphens, such as '${noun === 'rule' ? 'plan' : 'document'}'.`;
}

function clashOfNames(
  { name }: { readonly name: string },
  other: { readonly name: string },
  nameOfOther: string,
): string | undefined {
  return name === other.name
    ? `has the name '${name}', as ${nameOfOther} has. Give each its own name.`
    : undefined;
}
