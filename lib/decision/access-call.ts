import type { AccessCall } from '../options/access-rule.interface.js';
import type { RuleCall } from '../rules/rule-call.js';
import type { Call } from '../transports/call.js';
import { CallForApplication } from '../transports/incoming-call.js';
import { asDeclared } from '../types/as-declared.js';
import type { Caller } from '../types/caller.js';
import type { OrgMemberInfo } from '../types/org-member-info.js';
import { methodNameOf } from '../values/method-name.js';

/** What is known of a call. */
interface KnownCall extends Pick<RuleCall, 'identified' | 'org'> {
  readonly call: Call;
}

/** A call as rules of the application see it, with what the built-in rules have found. */
class CallForRules extends CallForApplication implements AccessCall {
  readonly #known: KnownCall;

  constructor(known: KnownCall) {
    super(known.call);
    this.#known = known;
  }

  get handler(): AccessCall['handler'] {
    return {
      controller: this.context.getClass().name,
      name: methodNameOf(this.context.getHandler()),
    };
  }

  get caller(): Caller | null {
    return this.#known.identified?.describe() ?? null;
  }

  get userId(): string | undefined {
    return this.caller?.userId;
  }

  get org(): OrgMemberInfo | null {
    const { org } = this.#known;
    return org && asDeclared(org);
  }
}

/** A call for rules of the application, which can change nothing about it. */
export function accessCallOf(known: KnownCall): AccessCall {
  return Object.freeze(new CallForRules(known));
}
