/** A response of PropelAuth's backend: a status, and JSON. */
export interface BackendResponse {
  readonly status: number;
  readonly body: unknown;
}

export const NOT_FOUND: BackendResponse = { status: 404, body: {} };

export function ok(body: object = {}): BackendResponse {
  return { status: 200, body };
}

/** Error messages about the fields of a request, by field. */
export type FieldErrors = Record<string, string[]>;

export function invalidFields(errors: FieldErrors): BackendResponse {
  return { status: 400, body: errors };
}

/** The error format of step-up MFA. */
export function stepUpError(
  errorCode: string,
  userFacingError: string,
  fieldErrors?: Record<string, string>,
): BackendResponse {
  return {
    status: 400,
    body: {
      error_code: errorCode,
      user_facing_error: userFacingError,
      ...(fieldErrors && { field_errors: fieldErrors }),
    },
  };
}
