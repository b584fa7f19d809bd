import type { INestApplicationContext } from '@nestjs/common';
import type { DescribedHandler } from '../../audit/access-descriptions.js';
import { CallerKinds } from '../../callers/caller-identifier.js';
import type { TestAccounts } from './callers/test-accounts.js';
import { testCallersOf } from './callers/test-callers.js';
import { CannotCall, CannotMakeCallers } from './cannot-call.js';
import type { CallParts, EntryPoint } from './entry-points/entry-point.js';
import { findingOn, untriedFault, type Finding } from './finding.js';
import { missingCredentials } from './findings-without-calls.js';
import { checkCallArguments, checkOrgId } from './hold-option-checks.js';
import type { CallArguments, HoldOptions } from './hold-options.interface.js';
import type { NamedOrg, TestCaller } from './test-caller.js';
import { tokenPlaceOf, type TokenPlace } from './test-token-places.js';
import { verdictOn } from './verdict.js';

/** What the trial of a handler shows. */
interface TrialOutcome {
  readonly findings: readonly Finding[];
  /** Why the handler was not tried; `undefined` if it was. */
  readonly untried?: Finding;
  /** Whether calls of the handler get no response. */
  readonly isSilent?: boolean;
}

const ALL_ANSWERED = 'Something responds to every caller before the guard decides.';
const UNREACHABLE =
  'No route and no GraphQL endpoint leads to it. If clients can call it, test it with one.';

/** Calls one handler as all callers that its rule distinguishes. */
export class HandlerTrial {
  readonly #orgId: string | undefined;
  readonly #org: NamedOrg;
  readonly #tokenPlace: TokenPlace;

  constructor(
    private readonly app: INestApplicationContext,
    private readonly handler: DescribedHandler,
    private readonly accounts: TestAccounts,
    private readonly options: HoldOptions,
  ) {
    const { description } = handler;
    this.#orgId = checkOrgId(options.orgFor?.(description), description.name);
    this.#org = this.#orgId === undefined ? accounts.ownOrg : accounts.org(this.#orgId);
    this.#tokenPlace = tokenPlaceOf(handler, app);
  }

  async run(entryPoints: readonly EntryPoint[]): Promise<TrialOutcome> {
    const findings = missingCredentials(this.handler, this.options);
    try {
      if (entryPoints.length === 0) throw new CannotCall(UNREACHABLE);
      const callers = await testCallersOf({
        handler: this.handler,
        org: this.#org,
        accounts: this.accounts,
        kinds: this.app.get(CallerKinds, { strict: false }).list,
        credentials: this.options.credentials ?? {},
      });
      for (const entryPoint of entryPoints) {
        const outcome = await this.tryAt(entryPoint, callers);
        findings.push(...outcome.findings);
        if (outcome.untried !== undefined) return { ...outcome, findings };
      }
      return { findings };
    } catch (error) {
      if (error instanceof CannotCall) {
        return { findings, untried: findingOn(this.handler, untriedFault(error.message)) };
      }
      if (!(error instanceof CannotMakeCallers)) throw error;
      findings.push(...error.faults.map((fault) => findingOn(this.handler, fault)));
      return { findings };
    }
  }

  private async tryAt(
    entryPoint: EntryPoint,
    callers: readonly TestCaller[],
  ): Promise<TrialOutcome> {
    const findings: Finding[] = [];
    let untried: Finding | undefined;
    let isConclusive = false;
    for (const caller of callers) {
      const parts = this.partsFor(caller);
      if (parts === undefined) continue;
      const result = await entryPoint.call(parts);
      const verdict = verdictOn(entryPoint, caller, result, this.ownFunctions());
      if (verdict.finding !== undefined) findings.push(verdict.finding);
      isConclusive ||= verdict.untried === undefined;
      // That a caller who must not call got no further says nothing against the handler.
      if (caller.mayCall) untried ??= verdict.untried;
      if (verdict.isHopeless === true) {
        return {
          findings,
          ...(verdict.untried !== undefined && { untried: verdict.untried }),
          isSilent: result.response === undefined,
        };
      }
    }
    if (!isConclusive) untried ??= findingOn(this.handler, untriedFault(ALL_ANSWERED));
    return { findings, ...(untried !== undefined && { untried }) };
  }

  private ownFunctions() {
    const { orgSources } = this.handler.access;
    return {
      findsToken: this.#tokenPlace.isOwn,
      findsOrg: orgSources.some(({ reads }) => reads === undefined),
    };
  }

  /**
   * The parts of a caller's call; `undefined` if the call cannot be made. Values from `argsFor` are sent unchanged, so that call has one
   * token and one organization.
   *
   * @throws {CannotCall} if only the application knows how a call names the organization
   */
  private partsFor({ credentials, orgs }: TestCaller): CallParts | undefined {
    const { description } = this.handler;
    const [token, ...others] = credentials.tokens;
    const given = checkCallArguments(
      this.options.argsFor?.(description, { ...(token && { token }), orgId: this.#org.orgId }),
      description.name,
    );
    this.assertOrgIsKnown(given);
    const { isOwn, cookie } = this.#tokenPlace;
    const hasGiven = Object.keys(given).length > 0;
    if (others.length > 0 && (isOwn || hasGiven)) return undefined;
    if (orgs !== undefined && hasGiven) return undefined;
    return { credentials, tokenCookie: cookie, org: this.#org, orgs, given };
  }

  private assertOrgIsKnown(given: CallArguments): void {
    const isKnown = this.#orgId !== undefined || Object.keys(given).length > 0;
    if (isKnown || !this.ownFunctions().findsOrg) return;
    throw new CannotCall(
      'Your own source finds its organization. Return the id of the organization from orgFor, and the values that the ' +
        'source reads from argsFor.',
    );
  }
}
