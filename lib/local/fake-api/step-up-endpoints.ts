import { randomBytes } from 'node:crypto';
import { StepUpMfaGrantType } from '@propelauth/node-apis';
import { ok, stepUpError, type BackendResponse } from './backend-response.js';
import type { BackendRequest, Endpoints } from './endpoint.js';
import type { FakeProject } from './fake-project.js';
import { isPositiveInteger, isText } from './field-checks.js';
import type { GrantRecord } from './records.js';

/** The TOTP code of every user. */
export const TOTP_CODE = '123456';

/** Step-up MFA: exchanges a TOTP code for a grant, and verifies grants. */
export function stepUpEndpoints(project: FakeProject): Endpoints {
  return {
    'POST /mfa/step-up/verify-totp': verifyCode,
    'POST /mfa/step-up/verify-grant': verifyGrant,
  };

  function verifyCode({ body }: BackendRequest): BackendResponse {
    const user = project.users.get(String(body['user_id']));
    if (user === undefined) return stepUpError('user_not_found', 'There is no such user');
    if (!user.mfa_enabled) return stepUpError('mfa_not_enabled', 'The user has not set up MFA');
    const errors = findErrors(body);
    if (Object.keys(errors).length > 0) {
      return stepUpError('invalid_request_fields', 'Some fields are invalid', errors);
    }
    if (body['code'] !== TOTP_CODE)
      return stepUpError('incorrect_mfa_code', 'The code is incorrect');
    const grant = addGrant(project, {
      userId: user.user_id,
      actionType: body['action_type'] as string,
      isForOneUse: body['grant_type'] === StepUpMfaGrantType.ONE_TIME_USE,
      expiresAt: project.now() + (body['valid_for_seconds'] as number),
    });
    return ok({ step_up_grant: grant });
  }

  function verifyGrant({ body }: BackendRequest): BackendResponse {
    const token = String(body['grant']);
    const grant = project.grants.get(token);
    const isValid =
      grant !== undefined &&
      grant.userId === body['user_id'] &&
      grant.actionType === body['action_type'] &&
      grant.expiresAt > project.now();
    if (!isValid) {
      const errors = { grant: 'grant_not_found' };
      return stepUpError('invalid_request_fields', 'Some fields are invalid', errors);
    }
    if (grant.isForOneUse) project.grants.delete(token);
    return ok();
  }
}

/** Adds a grant. */
export function addGrant(project: FakeProject, grant: GrantRecord): string {
  const token = randomBytes(32).toString('hex');
  project.grants.set(token, grant);
  return token;
}

function findErrors(body: BackendRequest['body']): Record<string, string> {
  const errors: Record<string, string> = {};
  const grantTypes: unknown[] = Object.values(StepUpMfaGrantType);
  if (!isText(body['action_type'])) errors['action_type'] = 'Must not be empty';
  if (!grantTypes.includes(body['grant_type'])) errors['grant_type'] = 'Is unknown';
  if (!isPositiveInteger(body['valid_for_seconds'])) {
    errors['valid_for_seconds'] = 'Must be 1 or more';
  }
  return errors;
}
