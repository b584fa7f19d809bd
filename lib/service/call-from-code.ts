import type { ExecutionContext, Type } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { OrgMemberInfo } from '@propelauth/node-apis';
import type { IdentifiedCaller } from '../callers/caller-identifier.js';
import { CallForRules } from '../decision/access-call.js';
import { KnownCaller } from '../decision/decision.js';
import type { AccessCall } from '../options/access-rule.interface.js';
import type { AuthorizedSubject } from '../options/authorized-subject.interface.js';
import type { ResourceLoader } from '../options/resource-loader.interface.js';
import type { ValueSource } from '../options/value-source.js';
import { Rejection } from '../rejections/rejection.js';
import type { GivenId, Resources } from '../rules/application/resources.js';
import type { Memberships, NamedOrgs, RuleCall } from '../rules/rule-call.js';
import { callOf } from '../transports/call-of.js';

/** A call that no client has made. */
export class CallFromCode extends KnownCaller implements RuleCall {
  readonly call = callOf(contextOfCode());
  readonly sharingLifetime = this;

  constructor(
    readonly subject: AuthorizedSubject,
    public override identified: IdentifiedCaller | null,
  ) {
    super();
  }

  get context(): ExecutionContext {
    return this.call.context;
  }

  get caller(): IdentifiedCaller {
    if (this.identified === null) throw new Rejection('credential_missing');
    return this.identified;
  }

  memberships(): Memberships | undefined | Promise<Memberships> {
    return this.caller.memberships(this.call);
  }

  withNewMemberships(named: NamedOrgs): Promise<Memberships | undefined> | undefined {
    return this.caller.withNewMemberships(named, this.call)?.then((joined) => {
      this.identified = joined;
      return joined.memberships(this.call);
    });
  }

  keepOrg(org: OrgMemberInfo): void {
    this.org = org;
  }

  keepRow(): void {}

  accessCallWith(resources: Resources): AccessCall {
    return Object.freeze(new CodeForRules(this, resources));
  }
}

/** A call as rules of the application see it that code asks: there are only the caller, the organization and the rows that code has given. */
class CodeForRules extends CallForRules {
  readonly #subject: AuthorizedSubject;
  readonly #resources: Resources;

  constructor(known: CallFromCode, resources: Resources) {
    super(known, resources);
    this.#subject = known.subject;
    this.#resources = resources;
  }

  override get transport(): string {
    return 'code';
  }

  override read({ from, name }: ValueSource): never {
    throw new TypeError(
      `A rule reads ${from} ${name}, but authorize() has no request. Check this rule on a handler.`,
    );
  }

  override async load<Row extends object>(
    loader: Type<ResourceLoader<Row>>,
    ...id: GivenId
  ): Promise<Row | null> {
    if (id.length > 0) return super.load(loader, ...id);
    const { resources = [] } = this.#subject;
    const given = resources.find((one) => one.loader === (loader as Type));
    if (given === undefined) {
      throw new TypeError(
        `A rule loads a row of ${loader.name}, but authorize() has no request. Pass resources: [resource(${loader.name}, row)].`,
      );
    }
    return this.#resources.visibleIn(this.org?.orgId, loader, given.row) as Row | null;
  }
}

/** Own kinds get a call without headers, address and context. */
function contextOfCode(): ExecutionContextHost {
  const context = new ExecutionContextHost([{ headers: {} }]);
  context.setType('code');
  return context;
}
