/** What PropelAuth's backend answers: a status, and JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export const NOT_FOUND: Answer = { status: 404, body: {} };

export function ok(body: object = {}): Answer {
  return { status: 200, body };
}

/** Complaints about fields of the request, each under its name. */
export type FieldErrors = Record<string, string[]>;

export function invalidFields(errors: FieldErrors): Answer {
  return { status: 400, body: errors };
}

/** The other form of complaint, which step-up MFA has. */
export function refused(
  errorCode: string,
  userFacingError: string,
  fieldErrors?: Record<string, string>,
): Answer {
  return {
    status: 400,
    body: {
      error_code: errorCode,
      user_facing_error: userFacingError,
      ...(fieldErrors && { field_errors: fieldErrors }),
    },
  };
}
