/**
 * Why a request has no verified caller: one of {@link RefusalReason}.
 *
 * @publicApi
 */
export type TokenRefusalReason =
  | 'token_missing'
  | 'token_malformed'
  | 'token_expired'
  | 'token_not_yet_valid'
  | 'signature_invalid'
  | 'algorithm_not_allowed'
  | 'issuer_mismatch'
  | 'claims_invalid'
  | 'user_invalid';

/**
 * A token that is refused. The reason is all it knows: neither the token nor a claim is kept, so that none can reach a
 * log or an answer.
 */
export class TokenRefusal extends Error {
  override readonly name = 'TokenRefusal';

  constructor(readonly reason: TokenRefusalReason) {
    super(reason);
  }
}
