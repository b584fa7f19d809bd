import * as v from 'valibot';
import { ok, type BackendResponse } from './backend-response.js';
import type { BackendRequest, Endpoints } from './endpoint.js';
import type { Project } from '../project/project.js';
import { COUNT, fieldsOf, idOf, InvalidFields, TEXT, type FieldErrors } from './fields.js';

/** The TOTP code of every user. */
export const TOTP_CODE = '123456';

const ONE_TIME_USE = 'ONE_TIME_USE';

const CHALLENGE = {
  action_type: TEXT,
  grant_type: v.picklist([ONE_TIME_USE, 'TIME_BASED'], 'Is unknown'),
  valid_for_seconds: COUNT,
};

/** Step-up MFA: exchanges a TOTP code for a grant, and verifies grants. */
export function addStepUpEndpoints(api: Endpoints, project: Project): void {
  api.POST('/mfa/step-up/verify-totp', 'verifyStepUpTotpChallenge', verifyCode);
  api.POST('/mfa/step-up/verify-grant', 'verifyStepUpGrant', verifyGrant);

  function verifyCode({ body }: BackendRequest): BackendResponse {
    const user = project.users.get(idOf(body['user_id']));
    if (user === undefined) return failure('user_not_found', 'There is no such user');
    if (!user.mfa_enabled) return failure('mfa_not_enabled', 'The user has not set up MFA');
    try {
      const challenge = fieldsOf(body, CHALLENGE);
      if (body['code'] !== TOTP_CODE) {
        return failure('incorrect_mfa_code', 'The code is incorrect');
      }
      const grant = project.addGrant({
        userId: user.user_id,
        actionType: challenge.action_type,
        isForOneUse: challenge.grant_type === ONE_TIME_USE,
        expiresAt: project.now() + challenge.valid_for_seconds,
      });
      return ok({ step_up_grant: grant });
    } catch (error) {
      if (!(error instanceof InvalidFields)) throw error;
      return invalid(error.errors);
    }
  }

  function verifyGrant({ body }: BackendRequest): BackendResponse {
    const token = idOf(body['grant']);
    const grant = project.grants.get(token);
    const isValid =
      grant !== undefined &&
      grant.userId === body['user_id'] &&
      grant.actionType === body['action_type'] &&
      grant.expiresAt > project.now();
    if (!isValid) return invalid({ grant: ['grant_not_found'] });
    if (grant.isForOneUse) project.grants.delete(token);
    return ok();
  }
}

function invalid(errors: FieldErrors): BackendResponse {
  const first = Object.entries(errors).map(([field, [message]]) => [field, message]);
  return failure('invalid_request_fields', 'Some fields are invalid', Object.fromEntries(first));
}

/** The error format of step-up MFA. */
function failure(
  errorCode: string,
  userFacingError: string,
  fieldErrors?: object,
): BackendResponse {
  const errors = fieldErrors && { field_errors: fieldErrors };
  return {
    status: 400,
    body: { error_code: errorCode, user_facing_error: userFacingError, ...errors },
  };
}
