import { Injectable, type Type } from '@nestjs/common';
import type { OrgMemberInfo } from '@propelauth/node-apis';
import { identifiedAs, type IdentifiedCaller } from '../callers/caller-identifier.js';
import { RuleProviders } from '../guard/rule-providers.js';
import type { AuthorizedSubject } from '../options/authorized-subject.interface.js';
import { Rejection } from '../rejections/rejection.js';
import { ruleOfDecorator, type AccessDecorator } from '../rules/access.decorator.js';
import { kindsOf } from '../rules/callers.js';
import type { OwnLoader } from '../rules/application/own-loader.js';
import { OwnProviders } from '../rules/application/own-providers.js';
import { rowMissing } from '../rules/application/resource-rule.js';
import { Resources } from '../rules/application/resources.js';
import { checksOf } from '../rules/compile-policy.js';
import { orgRule } from '../rules/org/org-rule.js';
import { alwaysHas } from '../rules/policy.js';
import {
  isCallerRule,
  isOverride,
  isRule,
  type CallerRule,
  type Rule,
  type RuleCheck,
} from '../rules/rule.js';
import { OpenStreams, type EndReason, type StreamAccess } from '../transports/open-streams.js';
import type { Caller } from '../types/caller.js';
import { isObject } from '../values/is-object.js';
import { CallFromCode } from './call-from-code.js';

/** Checks rules for code that has a caller, and no handler. */
@Injectable()
export class CallerAuthorizer {
  constructor(
    private readonly services: RuleProviders,
    private readonly own: OwnProviders,
    private readonly streams: OpenStreams,
  ) {}

  /**
   * @returns the organization that the rules have checked
   * @throws {Rejection} if the caller's access is over, or a rule fails
   * @throws {TypeError} for what no code can ask
   */
  async authorize(
    subject: AuthorizedSubject,
    decorators: readonly AccessDecorator[],
  ): Promise<OrgMemberInfo | null> {
    if (!isObject(subject)) throw new TypeError('authorize() needs { caller, … } first.');
    const identified = subject.caller === null ? null : knownCaller('authorize()', subject.caller);
    const rules = decorators.map((decorator) => readRule(decorator));
    if (rules.length === 0) throw new TypeError('authorize() needs at least one rule.');
    if (identified !== null) this.assertPresent(identified, subject.orgId);
    const callerRules = rules.filter(isCallerRule);
    for (const rule of callerRules) assertAccepted(rule, identified);
    if (callerRules.length === 0)
      rules.filter(isRule).forEach((rule) => assertImplied(rule, identified));
    const call = new CallFromCode(subject, identified);
    const checks = checksOf(
      rules.filter(isRule).map((rule) => placed(rule, subject)),
      { orgSource: () => undefined, own: this.own },
    );
    const { resources = [] } = subject;
    for (const { loader } of resources) this.assertOrgIsChecked(loader, checks);
    for (const { type, combined } of checks) type.precheck?.(call, combined);
    for (const { type, combined } of checks) await type.check?.(call, combined, this.services);
    for (const { loader, row } of resources) this.assertRowOf(call.org, loader, row);
    return call.org;
  }

  /** @throws {TypeError} for rows of organizations where no rule checks that the caller is in one, as startup does for handlers */
  private assertOrgIsChecked(loader: Type<OwnLoader>, checks: readonly RuleCheck[]): void {
    const isOfOrg = this.own.loaderOf(loader).orgId !== undefined;
    if (!isOfOrg || alwaysHas({ checks }, orgRule)) return;
    throw new TypeError(
      `authorize() got a row of ${loader.name}, whose rows belong to organizations, and no rule checks the organization. Add ` +
        'RequireOrgMember().',
    );
  }

  /** @throws {Rejection} for a row of another organization, which a rule may not have looked at */
  private assertRowOf(org: OrgMemberInfo | null, loader: Type<OwnLoader>, row: object): void {
    const visible = this.services.get(Resources).visibleIn(org?.orgId, loader, row);
    if (visible === null) throw rowMissing(this.own.loaderOf(loader));
  }

  /**
   * Calls back when the access of a caller ends.
   *
   * @returns a function after which nothing is called back
   * @throws {TypeError} for a caller that is not known, and for one whose access nothing ends
   */
  onEnd(caller: Caller, end: (why: EndReason) => void): () => void {
    const identified = knownCaller('onAccessEnd()', caller);
    const { orgId } = identified.access;
    // Which organizations the access is used for, only the application knows.
    const access = accessOf(identified, orgId === undefined ? 'any' : new Set([orgId]));
    if (!this.streams.mayEnd(access)) {
      throw new TypeError(
        'onAccessEnd() has nothing to watch: the credential does not expire or endStreamsAtExpiry is false, and without liveAccess() ' +
          'nothing tells of changes.',
      );
    }
    return this.streams.add({ ...access, end });
  }

  /**
   * @param orgId the organization that code asks about
   * @throws {Rejection} if the credential has expired, or access has changed since the caller was identified
   */
  private assertPresent(identified: IdentifiedCaller, orgId: string | undefined): void {
    const orgIds = [identified.access.orgId, orgId].filter((id) => id !== undefined);
    const access = accessOf(identified, new Set(orgIds));
    if (access.validUntil !== undefined && Date.now() >= access.validUntil) {
      throw new Rejection('credential_invalid', { detail: 'The credential has expired' });
    }
    if (this.streams.endOf(access) !== undefined) {
      throw new Rejection('token_revoked', {
        detail: 'Access has changed since the caller was identified: identify them again',
      });
    }
  }
}

function knownCaller(name: string, caller: Caller): IdentifiedCaller {
  const identified = isObject(caller) ? identifiedAs(caller) : undefined;
  if (identified !== undefined) return identified;
  throw new TypeError(
    `${name} got a caller that is not one of this package. Pass what @CurrentCaller() or identify() has returned, and no copy.`,
  );
}

/** Whose access a caller has, since it was identified. */
function accessOf(
  { access, identifiedSince }: IdentifiedCaller,
  orgIds: StreamAccess['orgIds'],
): StreamAccess {
  const { userId, validUntil } = access;
  return { userId, orgIds, validUntil, decidedSince: identifiedSince };
}

/** @throws {TypeError} for anything else than the result of one decorator, and for one that asks nothing */
function readRule(decorator: unknown): Rule | CallerRule {
  const rule = ruleOfDecorator(decorator);
  if (rule === undefined) {
    throw new TypeError(
      'authorize() got something else than the result of a rule, such as RequireOrgMember(). Results of applyDecorators() do not count.',
    );
  }
  if (isOverride(rule) || !asksSomething(rule)) {
    throw new TypeError(`authorize() cannot check ${rule.decorator}. Leave it out.`);
  }
  return rule;
}

function asksSomething(rule: Rule | CallerRule): boolean {
  if (isRule(rule)) return rule.type.fromCode !== undefined;
  return 'kinds' in rule.callers && !rule.callers.optional;
}

function assertAccepted({ callers }: CallerRule, identified: IdentifiedCaller | null): void {
  if (identified === null) throw new Rejection('credential_missing');
  const { kind, identity } = identified;
  const accepted = kindsOf(callers);
  if (!accepted.has(kind.name)) throw new Rejection('kind_not_accepted');
  kind.assertAccepted?.(identity, accepted.get(kind.name));
}

/** Where no decorator names the callers, a rule about one kind implies it, as on a handler. */
function assertImplied({ of, type }: Rule, identified: IdentifiedCaller | null): void {
  const implied = of ?? type.implies;
  if (implied === undefined) return;
  if (identified === null) throw new Rejection('credential_missing');
  if (identified.kind.name !== implied) throw new Rejection('kind_not_accepted');
}

/** A rule as it is asked from code, on a level of its own. */
function placed(rule: Rule, { orgId }: AuthorizedSubject) {
  const argument = rule.type.fromCode?.(rule.argument, orgId);
  return { ...rule, argument, level: { rules: [], outside: [] } };
}
