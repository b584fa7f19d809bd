import { Injectable, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { singletonOf } from '../../options/application-singletons.js';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { loaderOfSource } from '../../options/org-of.js';
import {
  isInjectableSource,
  type InjectableOrgSource,
  type OrgSourceOption,
  type OrgSourceReads,
} from '../../options/org-source.interface.js';
import { isObject } from '../../values/is-object.js';
import { Resources } from '../application/resources.js';
import type { NamedOrgs, RuleCall } from '../rule-call.js';
import { isPromise } from '../../values/is-promise.js';

/** A source, as it is asked. */
type AskedSource = (call: RuleCall) => unknown;

/** Asks the organization sources of handlers which organization a call names. Injectable sources are resolved from the application. */
@Injectable()
export class OrgSources {
  readonly #moduleRef: ModuleRef;
  // Code makes a source for each question.
  private readonly functions = new WeakMap<OrgSourceOption, AskedSource>();

  constructor(
    moduleRef: ModuleRef,
    private readonly resources: Resources,
  ) {
    this.#moduleRef = moduleRef;
  }

  /**
   * Asks each source once, and stops at a source that throws.
   *
   * @returns the answers themselves, unless a source returns a promise or throws
   */
  ask(sources: readonly OrgSourceOption[], call: RuleCall): NamedOrgs | Promise<NamedOrgs> {
    const answers: unknown[] = [];
    try {
      for (const source of sources) answers.push(this.functionOf(source)(call));
    } catch (error) {
      // Becomes a rejected promise instead of throwing. Otherwise a rejection of the earlier promises would be unhandled, and end the
      // process.
      answers.push(Promise.reject(error));
    }
    return answers.some(isPromise)
      ? (Promise.all(answers) as Promise<NamedOrgs>)
      : (answers as NamedOrgs);
  }

  private functionOf(source: OrgSourceOption): AskedSource {
    const known = this.functions.get(source) ?? this.findFunction(source);
    this.functions.set(source, known);
    return known;
  }

  /** @throws {PropelAuthConfigurationError} if the class is not a singleton provider */
  private findFunction(source: OrgSourceOption): AskedSource {
    const loader = loaderOfSource(source);
    if (loader !== undefined) {
      const { resources } = this;
      return (call) =>
        resources.orgOf(loader, call.accessCallWith(resources), call.sharingLifetime);
    }
    if (!isInjectableSource(source)) return ({ context }) => source(context);
    const type = source as Type<InjectableOrgSource>;
    const instance = singletonOf(this.#moduleRef, type, 'An organization rule');
    return ({ context }) => instance.orgOf(context);
  }

  /** @throws {PropelAuthConfigurationError} if the class is not a singleton provider, or its `reads` is invalid */
  assertUsable(source: OrgSourceOption): void {
    const loader = loaderOfSource(source);
    if (loader !== undefined) return this.resources.assertNamesOrgs(loader);
    this.functionOf(source);
    if (source.reads === undefined || isValidReads(source.reads)) return;
    throw new PropelAuthConfigurationError(
      `${source.name ? `The organization source ${source.name}` : 'An organization source'} has the invalid property reads: ` +
        `${JSON.stringify(source.reads)}. Set it to { from, name }: a place such as 'path' or 'header', and the name of the value there.`,
    );
  }
}

/** The places that a source can read, and whether their values have names. */
const HAS_NAMES: Record<OrgSourceReads['from'], boolean> = {
  path: true,
  query: true,
  header: true,
  host: true,
  body: true,
  argument: true,
  message: true,
  token: false,
};

/** Whether the property `reads` of a source is valid. Applications in JavaScript have no compiler that checks it. */
function isValidReads(reads: unknown): reads is OrgSourceReads {
  if (!isObject(reads)) return false;
  const { from, name, required } = reads as Record<keyof OrgSourceReads, unknown>;
  if (typeof from !== 'string' || !Object.hasOwn(HAS_NAMES, from)) return false;
  const isNamed = typeof name === 'string' && name.trim() !== '';
  return (
    (isNamed || !HAS_NAMES[from as OrgSourceReads['from']]) &&
    (required === undefined || typeof required === 'boolean')
  );
}
