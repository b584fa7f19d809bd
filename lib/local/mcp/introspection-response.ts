/** What introspection returns about a token (RFC 7662, section 2.2), with PropelAuth's additions. */
export type IntrospectionResponse = typeof INACTIVE | ActiveToken;

export const INACTIVE = { active: false } as const;

/** An access token that a client can use now. */
export interface ActiveToken {
  readonly active: true;
  readonly scope: string;
  readonly client_id: string;
  readonly username: string;
  readonly sub: string;
  readonly exp: number;
  readonly iat: number;
  readonly aud: string;
  readonly org_id?: string;
  /** The user's present role there. */
  readonly org_role?: string;
}
