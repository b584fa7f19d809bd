import { Injectable } from '@nestjs/common';
import { type AccessCall, type AccessRule, accessRule } from 'nestjs-propelauth';

type Plan = 'free' | 'pro';

/** What organizations pay for. Their plan is in their metadata at PropelAuth. */
@Injectable()
export class PlanRule implements AccessRule<[plan: Plan], 'org', 'plan_required'> {
  readonly name = 'plan';
  readonly requires = ['org'] as const;
  readonly denials = { plan_required: 402 } as const;

  describe(plan: Plan) {
    return `plan ${plan}`;
  }

  authorize({ org }: AccessCall<'org'>, plan: Plan) {
    return (org.orgMetadata.plan ?? 'free') === plan;
  }
}

export const RequirePlan = accessRule(PlanRule);
