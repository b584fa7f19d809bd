import type { IncomingHttpHeaders } from 'node:http';
import { Rejection } from '../../rejections/rejection.js';
import { isPlausibleGrant, StepUpVerifier, type StepUpRequirement } from './step-up-verifier.js';
import { overrideAdvice } from '../override-advice.js';
import type { RuleCall } from '../rule-call.js';
import { isRule, type HandlerLevels, type Rule, type RuleType } from '../rule.js';

/** Requires step-up grants. Checked last, because asking PropelAuth about a grant can use it up. */
export const stepUpRule: RuleType<StepUpRequirement, readonly StepUpRequirement[]> = {
  name: 'step-up',
  providers: [StepUpVerifier],

  /** Two rules that require the same grant count once, because a grant may be valid for one use only. */
  combine: (rules) => [
    ...new Map(rules.map(({ argument }) => [JSON.stringify(argument), argument])).values(),
  ],

  on: ({ canStepUp }) => (canStepUp === true ? 'checked' : 'never'),

  precheck({ call }, required) {
    const headers = headersOf(call);
    // Every grant has to be there before anybody is asked about the call, and PropelAuth about the first grant, which may use it up.
    if (!required.every(({ grantHeader }) => isPlausibleGrant(headers[grantHeader]))) {
      throw new Rejection('step_up_required');
    }
  },

  check({ user, call }, required, services) {
    return services
      .get(StepUpVerifier)
      .verifyAll(user, required, headersOf(call), call.operationLifetime, call.batch);
  },

  describe: (required) => ({
    words: required.map(({ actionType }) => `with step-up for ${actionType}`).join(', '),
    reasons: ['step_up_required', 'propelauth_unavailable'],
    parameters: required.map(({ grantHeader, actionType }) => ({
      name: grantHeader,
      in: 'header',
      required: true,
      description: `A step-up grant of PropelAuth for the action ${actionType}.`,
    })),
    data: required,
  }),

  audit(required, { type, levels }) {
    if (type !== 'message') return sharedHeadersIn(required, levels);
    return [
      '@RequireStepUpMfa() reads the grant from a header, which messages do not have. Call PropelAuthService.verifyStepUp() in the ' +
        'handler instead.',
    ];
  },
};

/** The headers of the request of a call; none without a request. */
function headersOf({ request }: RuleCall['call']): IncomingHttpHeaders {
  return request?.headers ?? {};
}

/** A grant is valid for one action type, so two action types cannot read it from the same header. */
function sharedHeadersIn(required: readonly StepUpRequirement[], levels: HandlerLevels): string[] {
  const headers = required.map(({ grantHeader }) => grantHeader);
  const shared = headers.filter((header, index) => headers.indexOf(header) !== index);
  const ofMethod = levels.method.rules.filter(isRule).filter(isStepUp);
  const isOfClass = (rule: Rule): boolean => isStepUp(rule) && !ofMethod.includes(rule);
  const advice = ofMethod.length > 0 ? overrideAdvice(levels, isOfClass) : '';
  return [...new Set(shared)].map(
    (header) =>
      `@RequireStepUpMfa() reads the grants of several action types from the same header "${header}". Keep one decorator, ` +
      `or give each its own grantHeader${advice}.`,
  );
}

function isStepUp({ type }: Rule): boolean {
  return type.name === stepUpRule.name;
}
