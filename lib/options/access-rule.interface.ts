import type { Type } from '@nestjs/common';
import type { Caller } from '../types/caller.js';
import type { OrgMemberInfo } from '../types/org-member-info.js';
import type { IncomingCall } from './incoming-call.interface.js';
import type { ResourceLoader } from './resource-loader.interface.js';

/**
 * What a rule of the application needs to be there: a caller, the id of a PropelAuth user behind the caller, or the organization that
 * `@RequireOrgMember()` or another organization rule of the handler has checked.
 *
 * @publicApi
 */
export type AccessNeed = 'caller' | 'userId' | 'org';

/**
 * The statuses that a rule of the application may deny a call with.
 *
 * @publicApi
 */
export type DenialStatus = 401 | 402 | 403 | 404 | 409 | 428 | 429;

/**
 * A call, as a rule of the application sees it when all built-in rules of the handler but accounts and step-up are met. It is the same for
 * all transports, and cannot be changed.
 *
 * @publicApi
 */
export interface AccessCall<Needs extends AccessNeed = never> extends IncomingCall {
  /** The class and the method that are called, by name; `null` if code asks, and no handler. */
  readonly handler: { readonly controller: string; readonly name: string } | null;

  /** The verified caller; `null` for an unauthenticated one, unless the rule requires one. */
  readonly caller: [Needs] extends [never] ? Caller | null : Caller;

  /** The id of the PropelAuth user who is the caller, or stands behind an API key, an MCP client or a caller of an own kind. */
  readonly userId: 'userId' extends Needs ? string : string | undefined;

  /** The caller's membership in the organization that the organization rules have checked; `null` without such a rule. */
  readonly org: 'org' extends Needs ? OrgMemberInfo : OrgMemberInfo | null;

  /**
   * Loads a row that the call is about, once for all that ask for it.
   *
   * @param loader the class of the loader
   * @param id the id of the row; with `undefined`, there is none. Default: what `id` of the loader reads from the call
   * @returns `null` if there is no such row, or if it belongs to another organization than {@link org}
   * @throws what the loader throws
   */
  load<Row extends object>(
    this: void,
    loader: Type<ResourceLoader<Row>>,
    id?: string,
  ): Promise<Row | null>;
}

/**
 * What a rule says about a call: `true` lets it in; `false` denies it with the first of {@link AccessRule} `denials`, or 403 `access_denied`
 * if there is none (401 for an unauthenticated caller); a code denies it with the status of that code. `retryAfter` is the value of the
 * `Retry-After` header in seconds (RFC 9110, section 10.2.3), at most an hour.
 *
 * @publicApi
 */
export type AccessVerdict<Code extends string = string> =
  | boolean
  | Code
  | { readonly code: Code; readonly retryAfter?: number };

/**
 * A rule of your application, beside those of PropelAuth: a plan, a role on a document, an address. A provider implements it, and
 * {@link accessRule} makes its decorator. It is checked for all transports, after the built-in rules about caller and organization, and it is
 * in the table, in OpenAPI documents, in logs and in tests like those.
 *
 * `Args` are the arguments of the decorator, `Needs` what `requires` lists, `Code` the codes of `denials`.
 *
 * @example
 * ```ts
 * @Injectable()
 * export class PlanRule implements AccessRule<[plan: Plan], 'org', 'plan_required'> {
 *   readonly name = 'plan';
 *   readonly requires = ['org'] as const;
 *   readonly denials = { plan_required: 402 } as const;
 *
 *   constructor(private readonly plans: Plans) {}
 *
 *   describe(plan: Plan) {
 *     return `plan ${plan}`;
 *   }
 *
 *   async authorize({ org }: AccessCall<'org'>, plan: Plan) {
 *     return (await this.plans.of(org.orgId)) === plan;
 *   }
 * }
 *
 * export const RequirePlan = accessRule(PlanRule); // @RequirePlan('pro')
 * ```
 *
 * @publicApi
 */
export type AccessRule<
  Args extends readonly unknown[] = [],
  Needs extends AccessNeed = never,
  Code extends string = never,
> = {
  /** The name in tables, logs and telemetry: lower case, digits and hyphens. No two rules have the same. */
  readonly name: string;

  /**
   * Whether the rule is asked once for all calls of a caller in an organization below one root field of GraphQL, within one HTTP request or one
   * message. Then it sees only `caller`, `userId` and `org` of the call; the rest throws. Default: `false`.
   */
  readonly shared?: boolean;

  /**
   * The rule in words, for tables, OpenAPI documents and logs, such as `plan pro`. Default: the name.
   *
   * @param args what the decorator was given
   */
  describe?(...args: Args): string;

  /**
   * Decides about a call. It has 10 s, after which the call gets 503. It changes nothing: a call may be tried again, and a field of GraphQL
   * asks for each object.
   *
   * @param call the call, with what the rule requires
   * @param args what the decorator was given
   * @returns anything else than an {@link AccessVerdict} is an error: 500
   * @throws an HttpException is the response, anything else 500. Nobody is let in
   */
  authorize(
    call: AccessCall<Needs>,
    ...args: Args
  ): AccessVerdict<Code> | Promise<AccessVerdict<Code>>;
} & ([Needs] extends [never]
  ? { readonly requires?: undefined }
  : {
      /** What has to be there. Startup fails on a handler that does not give it. Default: nothing, and the caller may be `null`. */
      readonly requires: readonly Needs[];
    }) &
  ([Code] extends [never]
    ? { readonly denials?: undefined }
    : {
        /** The codes that the rule denies calls with, and their statuses; the first is what `false` means. Default: 403 `access_denied`. */
        readonly denials: Readonly<Record<Code, DenialStatus>>;
      });
