/** The path of the issuer, below which all endpoints are. */
export const ISSUER_PATH = '/oauth/2.1';

/** The paths of the endpoints, below that of the issuer. */
export const ENDPOINTS = {
  authorization: '/authorize',
  token: '/token',
  registration: '/register',
  introspection: '/introspect',
} as const;

/** Where clients look for the metadata (RFC 8414, section 3.1): the well-known part comes before the path of the issuer. */
export const METADATA_PATH = `/.well-known/oauth-authorization-server${ISSUER_PATH}`;

/** How clients authenticate at the token endpoint. */
export const CLIENT_AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'none'] as const;

export function issuerOf(origin: string): string {
  return origin + ISSUER_PATH;
}

/** The metadata of the authorization server (RFC 8414), as PropelAuth's is. */
export function authorizationServerMetadata(
  origin: string,
  scopes: readonly string[],
): Readonly<Record<string, unknown>> {
  const issuer = issuerOf(origin);
  return {
    issuer,
    authorization_endpoint: issuer + ENDPOINTS.authorization,
    token_endpoint: issuer + ENDPOINTS.token,
    registration_endpoint: issuer + ENDPOINTS.registration,
    introspection_endpoint: issuer + ENDPOINTS.introspection,
    scopes_supported: scopes,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: CLIENT_AUTH_METHODS,
    introspection_endpoint_auth_methods_supported: ['client_secret_basic'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: false,
  };
}
