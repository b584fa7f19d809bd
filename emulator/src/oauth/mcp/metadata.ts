/** The path of the issuer, below which all endpoints are. */
const ISSUER_PATH = '/oauth/2.1';

/** Where clients look for the metadata (RFC 8414, section 3.1): the well-known part comes before the path of the issuer. */
export const METADATA_PATH = `/.well-known/oauth-authorization-server${ISSUER_PATH}`;

export const AUTHORIZATION_PATH = `${ISSUER_PATH}/authorize`;
export const TOKEN_PATH = `${ISSUER_PATH}/token`;
export const REGISTRATION_PATH = `${ISSUER_PATH}/register`;
export const INTROSPECTION_PATH = `${ISSUER_PATH}/introspect`;

/** How clients authenticate at the token endpoint. */
export const CLIENT_AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'none'] as const;

export const GRANT_TYPES = ['authorization_code', 'refresh_token'] as const;

export function issuerOf(authUrl: string): string {
  return authUrl + ISSUER_PATH;
}

/** The metadata of the authorization server (RFC 8414), as PropelAuth's is. Without scopes: any can be asked for. */
export function authorizationServerMetadata(authUrl: string): object {
  return {
    issuer: issuerOf(authUrl),
    authorization_endpoint: authUrl + AUTHORIZATION_PATH,
    token_endpoint: authUrl + TOKEN_PATH,
    registration_endpoint: authUrl + REGISTRATION_PATH,
    introspection_endpoint: authUrl + INTROSPECTION_PATH,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: GRANT_TYPES,
    token_endpoint_auth_methods_supported: CLIENT_AUTH_METHODS,
    introspection_endpoint_auth_methods_supported: ['client_secret_basic'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: false,
  };
}
