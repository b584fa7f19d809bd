import { BadRequestException } from '@nestjs/common';

/** An error of the token endpoint, with the body that clients expect (RFC 6749, section 5.2). */
export class TokenError extends BadRequestException {
  constructor(
    error: 'invalid_client' | 'invalid_grant' | 'invalid_request' | 'unsupported_grant_type',
    description: string,
  ) {
    super({ error, error_description: description });
  }
}
