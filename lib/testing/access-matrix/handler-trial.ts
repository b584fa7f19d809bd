import type { INestApplicationContext } from '@nestjs/common';
import type { DescribedHandler } from '../../audit/access-descriptions.js';
import { CallerKinds } from '../../callers/caller-identifier.js';
import type { TestAccounts } from './callers/test-accounts.js';
import { testCallersOf } from './callers/test-callers.js';
import { CannotCall } from './cannot-call.js';
import type { CallParts, EntryPoint } from './entry-points/entry-point.js';
import { findingOn, untriedFault, type Finding } from './finding.js';
import { checkCallArguments } from './call-arguments-check.js';
import type { CallArguments, HoldOptions } from './hold-options.interface.js';
import type { NamedOrg, TestCaller } from './test-caller.js';
import { tokenPlaceOf, type TokenPlace } from './test-token-places.js';
import { verdictOn } from './verdict.js';

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
    this.#orgId = options.orgFor?.(description);
    this.#org = this.#orgId === undefined ? accounts.ownOrg : accounts.org(this.#orgId);
    this.#tokenPlace = tokenPlaceOf(handler, app);
  }

  async run(entryPoints: readonly EntryPoint[]): Promise<Finding[]> {
    const findings: Finding[] = [];
    try {
      if (entryPoints.length === 0) throw new CannotCall(UNREACHABLE);
      const callers = await testCallersOf({
        handler: this.handler,
        org: this.#org,
        accounts: this.accounts,
        kinds: this.app.get(CallerKinds, { strict: false }).list,
        credentials: this.options.credentials ?? {},
      });
      for (const entryPoint of entryPoints) await this.tryAt(entryPoint, callers, findings);
    } catch (error) {
      if (!(error instanceof CannotCall)) throw error;
      findings.push(findingOn(this.handler, untriedFault(error.message)));
    }
    return findings;
  }

  private async tryAt(
    entryPoint: EntryPoint,
    callers: readonly TestCaller[],
    findings: Finding[],
  ): Promise<void> {
    let untried: Finding | undefined;
    let isConclusive = false;
    for (const caller of callers) {
      const parts = this.partsFor(caller);
      if (parts === undefined) continue;
      const finding = verdictOn(entryPoint, caller, await entryPoint.call(parts));
      if (finding?.isUntried !== true) {
        isConclusive = true;
        if (finding !== undefined) findings.push(finding);
        // That a caller who must not call got no further says nothing against the handler.
      } else if (caller.mayCall) untried ??= finding;
    }
    if (!isConclusive) untried ??= findingOn(this.handler, untriedFault(ALL_ANSWERED));
    if (untried !== undefined) findings.push(untried);
  }

  /**
   * The parts of a caller's call; `undefined` if the call cannot be made. Values from `argsFor` are sent unchanged, so that call has one
   * token and one organization.
   *
   * @throws {CannotCall} if only the application knows how a call names the organization
   */
  private partsFor({ credentials }: TestCaller): CallParts | undefined {
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
    return { credentials, tokenCookie: cookie, org: this.#org, given };
  }

  private assertOrgIsKnown(given: CallArguments): void {
    const isKnown = this.#orgId !== undefined || Object.keys(given).length > 0;
    const { orgSources } = this.handler.access;
    if (isKnown || orgSources.every(({ reads }) => reads !== undefined)) return;
    throw new CannotCall(
      'Your own source finds its organization. Return the id of the organization from orgFor, and the values that the ' +
        'source reads from argsFor.',
    );
  }
}
