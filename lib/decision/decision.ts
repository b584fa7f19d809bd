import type { ExecutionContext, Type } from '@nestjs/common';
import type { OrgMemberInfo, UserClass } from '@propelauth/node-apis';
import type {
  AccessDecisionEvent,
  AccessedRoute,
} from '../options/access-decision-event.interface.js';
import type { AccessCall } from '../options/access-rule.interface.js';
import type { Resources } from '../rules/application/resources.js';
import type { Policy } from '../rules/policy.js';
import type { Accounts, Memberships, NamedOrgs, RuleCall, RuleCaller } from '../rules/rule-call.js';
import { Rejection } from '../rejections/rejection.js';
import type { AnnotationTarget, Call } from '../transports/call.js';
import { CallForRules } from './access-call.js';
import type { CallerAccess } from '../transports/open-streams.js';

/** A verified caller, of whatever kind. */
export interface Identified extends RuleCaller {
  /** The user of PropelAuth that the caller is, or acts for; `null` if there is none whom handlers know. */
  readonly user: UserClass | null;

  /** The organizations that the caller is in. */
  memberships(call: Call): Memberships | undefined | Promise<Memberships>;

  /**
   * The caller, with those of the organizations of a call that they have joined since the credential was issued.
   *
   * @returns `undefined` if there can be none
   */
  withNewMemberships(named: NamedOrgs, call: Call): Promise<Identified> | undefined;

  /** Tells them apart from other callers; `undefined` if nothing does. */
  readonly key: string | undefined;

  /** What reports of decisions say of them. */
  readonly reported: Partial<AccessDecisionEvent>;

  /** Whose access they have. */
  readonly access: CallerAccess;
}

/** The caller of a call, for handlers and others after the decision. */
export class KnownCaller {
  /** `null` for an unauthenticated caller. */
  identified: Identified | null = null;
  /** The organization that the rules have checked. */
  org: OrgMemberInfo | null = null;
  /** What loads the account of the caller; `undefined` until the call is allowed. */
  accounts: Accounts | undefined = undefined;
  /** The rows that the handler takes, by their loaders. */
  rows: Map<Type, object | null> | undefined = undefined;
  /** The account once it is loaded. {@link withoutCall} shares it. */
  #loaded: { account?: Promise<object | null> | undefined } | undefined;

  /** The account of the caller in the organization, loaded when it is first asked for. */
  account(): Promise<object | null> | null {
    this.#loaded ??= {};
    return (this.#loaded.account ??= this.accounts?.of(this)) ?? null;
  }

  /** The same caller, for those who keep it longer than the call: its message can be long. */
  withoutCall(): KnownCaller {
    const { identified, org, accounts } = this;
    const caller = Object.assign(new KnownCaller(), { identified, org, accounts });
    caller.#loaded = this.#loaded ??= {};
    return caller;
  }

  /** Whether the guard has begun to decide, and has not ended. */
  get isPending(): boolean {
    return false;
  }

  get user(): UserClass | null {
    return this.identified?.user ?? null;
  }
}

/** A call that a library makes of a request, as reports name it. */
interface InnerCall {
  readonly transport: string;
  readonly route: Partial<AccessedRoute>;
}

/** What the guard decided about one call of one handler. */
export class Decision extends KnownCaller implements RuleCall {
  /** The rules of the handler, once they are looked up. */
  policy: Policy | undefined = undefined;
  /** Whether the guard has begun to decide. Before that, the guard of the class may have opened the decision. */
  isBegun = false;
  /** `true` for an allowed call, a promise while the guard decides, `undefined` before that and after a rejection. */
  outcome: true | Promise<true> | undefined = undefined;
  /** Whether the call was rejected, and so is over. */
  isRejected = false;
  /** The exception that rejected the call, to be thrown again. */
  rejection: unknown = undefined;
  /** The call of another handler that the request is for, as far as it is known. If the request is let in, that call is decided next. */
  innerCall: InnerCall | undefined = undefined;
  /** When the guard began to decide, by the clock of the open streams; only for calls that may open a stream. */
  begunAt = 0;
  /** Whether the call of another caller was allowed that cannot be distinguished from this one. */
  isAmbiguous = false;
  /** The arguments that the decision is about. Interceptors may replace them in their list, and a context can be used again. */
  readonly #arguments: readonly unknown[];

  /** @param call the call that the decision is about. Another context needs another decision, even if the handler is the same */
  constructor(readonly call: Call) {
    super();
    this.#arguments = [...call.context.getArgs<unknown[]>()];
  }

  get context(): ExecutionContext {
    return this.call.context;
  }

  get caller(): Identified {
    if (this.identified === null) throw new Rejection('credential_missing');
    return this.identified;
  }

  get sharingLifetime(): object {
    return this.call.sharingLifetime ?? this;
  }

  accessCallWith(resources: Resources): AccessCall {
    // Rules can change nothing about the call.
    return Object.freeze(new CallForRules(this, resources));
  }

  keepRow(loader: Type, row: object | null): void {
    this.rows ??= new Map();
    this.rows.set(loader, row);
  }

  memberships(): Memberships | undefined | Promise<Memberships> {
    return this.caller.memberships(this.call);
  }

  withNewMemberships(named: NamedOrgs): Promise<Memberships | undefined> | undefined {
    const { call, caller } = this;
    return caller.withNewMemberships(named, call)?.then((joined) => {
      if (joined !== caller) this.keepCaller(joined);
      return joined.memberships(call);
    });
  }

  keepCaller(caller: Identified): void {
    this.identified = caller;
    const { user } = this;
    if (user !== null) annotate(this.call, { user });
  }

  keepOrg(org: OrgMemberInfo): void {
    this.org = org;
    annotate(this.call, { org });
  }

  get isAllowed(): boolean {
    return this.outcome === true;
  }

  override get isPending(): boolean {
    return this.isBegun && !this.isAllowed && !this.isRejected;
  }

  /** Whether an allowed call may leave something open, such as an event stream. */
  get mayOpenStream(): boolean {
    return this.policy?.eventStream !== undefined || this.call.mayStayOpen;
  }

  hasArgumentsOf(context: ExecutionContext): boolean {
    const others = context.getArgs<unknown[]>();
    return (
      this.#arguments.length === others.length &&
      this.#arguments.every((value, index) => Object.is(value, others[index]))
    );
  }

  reject(exception: unknown): void {
    this.outcome = undefined;
    this.isRejected = true;
    this.rejection = exception;
  }
}

/** Leaves the caller on the request for logging and error tools, unless another library has made its properties read-only. */
function annotate(call: Call, values: AnnotationTarget): void {
  try {
    Object.assign(call.annotationTarget ?? {}, values);
  } catch {
    // No rule depends on these properties.
  }
}
