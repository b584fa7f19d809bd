import type { Type } from '@nestjs/common';
import type { AccessCall } from '../options/access-rule.interface.js';
import type { ResourceLoader } from '../options/resource-loader.interface.js';
import type { GivenId, Resources } from '../rules/application/resources.js';
import type { RuleCall } from '../rules/rule-call.js';
import type { Call } from '../transports/call.js';
import { CallForApplication } from '../transports/incoming-call.js';
import { asDeclared } from '../types/as-declared.js';
import type { Caller } from '../types/caller.js';
import type { OrgMemberInfo } from '../types/org-member-info.js';
import { methodNameOf } from '../values/method-name.js';

/** What is known of a call. */
interface KnownCall extends Pick<RuleCall, 'identified' | 'org' | 'sharingLifetime'> {
  readonly call: Call;
}

/** A call as rules of the application see it, with what the built-in rules have found. */
export class CallForRules extends CallForApplication implements AccessCall {
  readonly #known: KnownCall;
  readonly #resources: Resources;

  constructor(known: KnownCall, resources: Resources) {
    super(known.call);
    this.#known = known;
    this.#resources = resources;
    this.load = this.load.bind(this);
  }

  get handler(): AccessCall['handler'] {
    const { context } = this;
    return (
      context && {
        controller: context.getClass().name,
        name: methodNameOf(context.getHandler()),
      }
    );
  }

  get caller(): Caller | null {
    return this.#known.identified?.describe() ?? null;
  }

  get userId(): string | undefined {
    return this.caller?.userId;
  }

  get org(): OrgMemberInfo | null {
    return asDeclared(this.#known.org);
  }

  async load<Row extends object>(
    loader: Type<ResourceLoader<Row>>,
    ...id: GivenId
  ): Promise<Row | null> {
    const { sharingLifetime } = this.#known;
    const row = await this.#resources.load(loader, this, sharingLifetime, ...id);
    return row as Row | null;
  }
}
