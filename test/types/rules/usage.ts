import { Injectable } from '@nestjs/common';
import {
  accessRule,
  orgOf,
  RequireOrgMember,
  fromInput,
  type AccessCall,
  type AccessRule,
  type Caller,
  type OrgMemberInfo,
  type ResourceCall,
  type ResourceLoader,
} from 'nestjs-propelauth';
import { expectType, type Equal } from '../equality.js';

type Plan = 'free' | 'pro';

@Injectable()
export class PlanRule implements AccessRule<[plan: Plan], 'org', 'plan_required'> {
  readonly name = 'plan';
  readonly requires = ['org'] as const;
  readonly denials = { plan_required: 402 } as const;

  async authorize(call: AccessCall<'org'>, plan: Plan) {
    expectType<Equal<typeof call.org, OrgMemberInfo>>();
    expectType<Equal<typeof call.caller, Caller>>();
    expectType<Equal<typeof call.userId, string | undefined>>();
    return plan === 'pro' ? ('plan_required' as const) : { code: 'plan_required' as const };
  }
}

/** What a declaration file of an application has to name. */
export const RequirePlan = accessRule(PlanRule);

RequirePlan('pro');
// @ts-expect-error -- there is no such plan
RequirePlan('basic');
// @ts-expect-error -- the rule needs a plan
RequirePlan();

@Injectable()
export class OpenRule implements AccessRule {
  readonly name = 'open';

  authorize(call: AccessCall) {
    expectType<Equal<typeof call.org, OrgMemberInfo | null>>();
    expectType<Equal<typeof call.caller, Caller | null>>();
    return true;
  }
}

accessRule(OpenRule)();

@Injectable()
export class PlainRule implements AccessRule {
  readonly name = 'plain';

  authorize() {
    return false;
  }
}

accessRule(PlainRule)();

/** Reads an organization that it does not require. */
@Injectable()
export class ForgetfulRule {
  readonly name = 'forgetful';

  authorize({ org }: AccessCall<'org'>) {
    return org.orgId !== '';
  }
}

// @ts-expect-error -- requires does not list org
accessRule(ForgetfulRule);

export class UnlistedRule implements AccessRule<[], 'org'> {
  readonly name = 'unlisted';
  // @ts-expect-error -- requires has to list what the type says
  readonly requires = ['userId'] as const;

  authorize() {
    return true;
  }
}

export class UndeclaredRule implements AccessRule<[], never, 'gone'> {
  readonly name = 'undeclared';
  readonly denials = { gone: 404 } as const;

  // @ts-expect-error -- the code is not declared
  authorize() {
    return 'lost' as const;
  }
}

export class StatusRule implements AccessRule<[], never, 'gone'> {
  readonly name = 'status';
  // @ts-expect-error -- no rule denies with this status
  readonly denials = { gone: 500 } as const;

  authorize() {
    return true;
  }
}

interface Doc {
  readonly orgId: string;
}

@Injectable()
export class DocumentLoader implements ResourceLoader<Doc> {
  readonly name = 'document';
  readonly id = fromInput('documentId');

  load(call: ResourceCall, id: string) {
    // @ts-expect-error -- rows are shared, so their loader does not know the organization
    expectType<Equal<typeof call.org, OrgMemberInfo>>();
    return id === '' ? null : { orgId: id };
  }

  orgId({ orgId }: Doc) {
    return orgId;
  }
}

RequireOrgMember({ org: orgOf(DocumentLoader) });

export async function rowOf(call: AccessCall) {
  const row = await call.load(DocumentLoader);
  expectType<Equal<typeof row, Doc | null>>();
  return row;
}
