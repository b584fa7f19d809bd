import type { PropelAuthApiErrorCode } from '../../types/propel-auth-api-error-code.js';
import { PropelAuthApiError } from './propel-auth-api.error.js';

const STATUSES: Record<PropelAuthApiErrorCode, number> = {
  timeout: 503,
  unreachable: 503,
  rate_limited: 429,
  integration_key_invalid: 500,
  not_enabled: 500,
  invalid_request: 400,
  step_up_code_invalid: 400,
  mfa_not_enabled: 400,
  forbidden: 403,
  not_found: 404,
  invalid_arguments: 500,
  unexpected_response: 502,
};

describe('PropelAuthApiError', () => {
  it.each(Object.entries(STATUSES) as [PropelAuthApiErrorCode, number][])(
    'has a status and a message for %s',
    (code, status) => {
      const error = new PropelAuthApiError(code, 'createUser');
      expect(error).toMatchObject({ name: 'PropelAuthApiError', code, status, call: 'createUser' });
      expect(error.message).toMatch(/^[^()]*\bcreateUser\b[^()]*\.$/);
    },
  );

  it('needs no details', () => {
    const error = new PropelAuthApiError('not_found', 'fetchUserMetadataByUserId');
    expect(error).toMatchObject({ outcomeUnknown: false, fields: [] });
    expect(error.retryAfterSeconds).toBeUndefined();
    expect(error).not.toHaveProperty('cause');
  });

  it('has the details it is constructed with', () => {
    const details = {
      retryAfterSeconds: 7,
      fields: ['email', 'first_name'],
      outcomeUnknown: true,
      cause: new Error('Do not repeat'),
      detail: 'busy',
    };
    const { detail, ...fields } = details;
    const error = new PropelAuthApiError('rate_limited', 'createUser', details);
    expect(error).toMatchObject(fields);
    expect(error.message).toBe(
      `PropelAuth rate limited createUser (${detail}, email, first_name, retry after 7 s). ` +
        'The call may have taken effect: check before retrying.',
    );
  });
});
