import { ok, stepUpError, type BackendResponse } from './backend-response.js';
import type { BackendRequest, Endpoints } from './endpoint.js';
import type { Project } from '../project/project.js';
import { idOf, isPositiveInteger, isText } from './field-checks.js';

/** The TOTP code of every user. */
export const TOTP_CODE = '123456';

const ONE_TIME_USE = 'ONE_TIME_USE';
const GRANT_TYPES: readonly unknown[] = [ONE_TIME_USE, 'TIME_BASED'];

/** Step-up MFA: exchanges a TOTP code for a grant, and verifies grants. */
export function addStepUpEndpoints(api: Endpoints, project: Project): void {
  api.post('/mfa/step-up/verify-totp', 'verifyStepUpTotpChallenge', verifyCode);
  api.post('/mfa/step-up/verify-grant', 'verifyStepUpGrant', verifyGrant);

  function verifyCode({ body }: BackendRequest): BackendResponse {
    const user = project.users.get(idOf(body['user_id']));
    if (user === undefined) return stepUpError('user_not_found', 'There is no such user');
    if (!user.mfa_enabled) return stepUpError('mfa_not_enabled', 'The user has not set up MFA');
    const errors = findErrors(body);
    if (Object.keys(errors).length > 0) {
      return stepUpError('invalid_request_fields', 'Some fields are invalid', errors);
    }
    if (body['code'] !== TOTP_CODE)
      return stepUpError('incorrect_mfa_code', 'The code is incorrect');
    const grant = project.addGrant({
      userId: user.user_id,
      actionType: body['action_type'] as string,
      isForOneUse: body['grant_type'] === ONE_TIME_USE,
      expiresAt: project.now() + (body['valid_for_seconds'] as number),
    });
    return ok({ step_up_grant: grant });
  }

  function verifyGrant({ body }: BackendRequest): BackendResponse {
    const token = idOf(body['grant']);
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

function findErrors(body: BackendRequest['body']): Record<string, string> {
  const errors: Record<string, string> = {};
  if (!isText(body['action_type'])) errors['action_type'] = 'Must not be empty';
  if (!GRANT_TYPES.includes(body['grant_type'])) errors['grant_type'] = 'Is unknown';
  if (!isPositiveInteger(body['valid_for_seconds'])) {
    errors['valid_for_seconds'] = 'Must be 1 or more';
  }
  return errors;
}
