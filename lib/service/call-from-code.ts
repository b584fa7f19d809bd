import type { ExecutionContext } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { OrgMemberInfo } from '@propelauth/node-apis';
import type { IdentifiedCaller } from '../callers/caller-identifier.js';
import type { AccessCall } from '../options/access-rule.interface.js';
import type { AuthorizedSubject } from '../options/authorized-subject.interface.js';
import { Rejection } from '../rejections/rejection.js';
import type { Resources } from '../rules/application/resources.js';
import type { Memberships, NamedOrgs, RuleCall } from '../rules/rule-call.js';
import { callOf } from '../transports/call-of.js';
import { accessCallFromCode } from './access-call-from-code.js';

/** A call that no client has made. */
export class CallFromCode implements RuleCall {
  readonly call = callOf(contextOfCode());
  readonly sharingLifetime = this;
  org: OrgMemberInfo | null = null;
  accounts = undefined;

  constructor(
    private readonly subject: AuthorizedSubject,
    public identified: IdentifiedCaller | null,
  ) {}

  get context(): ExecutionContext {
    return this.call.context;
  }

  get caller(): IdentifiedCaller {
    if (this.identified === null) throw new Rejection('credential_missing');
    return this.identified;
  }

  get user() {
    return this.identified?.user ?? null;
  }

  account(): null {
    return null;
  }

  memberships(): Memberships | undefined | Promise<Memberships> {
    return this.caller.memberships(this.call);
  }

  membershipsWithJoined(named: NamedOrgs): Promise<Memberships | undefined> | undefined {
    return this.caller.withJoinedOrgs(named, this.call)?.then((joined) => {
      this.identified = joined;
      return joined.memberships(this.call);
    });
  }

  keepOrg(org: OrgMemberInfo): void {
    this.org = org;
  }

  keepRow(): void {}

  accessCallWith(resources: Resources): AccessCall {
    return accessCallFromCode(this, this.subject, resources);
  }
}

/** Own kinds get a call without headers, address and context. */
function contextOfCode(): ExecutionContextHost {
  const context = new ExecutionContextHost([{ headers: {} }]);
  context.setType('code');
  return context;
}
