/*
 * openid-client and oauth4webapi, which check answers strictly, against the faces of the emulator that any client can use.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { createEmulator } from 'propelauth-emulator';
import { findFreePort } from '../package/free-port.mjs';
import { Visitor } from './visitor.mjs';

const REDIRECT_URI = 'http://localhost:9999/callback';
const RESOURCE = 'http://localhost:9999/mcp';
const INSECURE = { [oauth.allowInsecureRequests]: true };

let emulator;
let issuer;

before(async () => {
  const port = await findFreePort();
  issuer = `http://localhost:${port}`;
  emulator = await createEmulator({
    authUrl: issuer,
    seed: {
      orgs: [{ name: 'Acme Inc' }],
      users: [{ name: 'alice', orgs: [{ org: 'Acme Inc', role: 'Owner' }] }],
    },
  });
  await emulator.listen({ port });
});

after(() => emulator?.close());

test('openid-client signs a user in, reads the user, and refreshes', async () => {
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/propelauth/oauth/authorize`,
    token_endpoint: `${issuer}/propelauth/oauth/token`,
    userinfo_endpoint: `${issuer}/propelauth/oauth/userinfo`,
  };
  const config = new openid.Configuration(metadata, 'any-client', undefined, openid.None());
  openid.allowInsecureRequests(config);
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const expectedState = openid.randomState();
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    state: expectedState,
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  const visitor = new Visitor();
  const callback = await visitor.submit(await visitor.open(url), { user: 'alice' });
  const tokens = await openid.authorizationCodeGrant(config, callback.url, {
    pkceCodeVerifier,
    expectedState,
  });
  const user = await openid.fetchUserInfo(config, tokens.access_token, openid.skipSubjectCheck);
  assert.equal(user.email, 'alice@example.com');
  const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
});

test('oauth4webapi discovers, registers, authorizes an MCP client, and refreshes', async () => {
  const identifier = new URL(`${issuer}/oauth/2.1`);
  const discovered = await oauth.discoveryRequest(identifier, { algorithm: 'oauth2', ...INSECURE });
  const server = await oauth.processDiscoveryResponse(identifier, discovered);
  const registered = await oauth.dynamicClientRegistrationRequest(
    server,
    {
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    },
    INSECURE,
  );
  const client = await oauth.processDynamicClientRegistrationResponse(registered);
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope: 'read:reports',
    resource: RESOURCE,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString();
  const visitor = new Visitor();
  const consent = await visitor.submit(await visitor.open(url), { user: 'alice' });
  const callback = await visitor.submit(consent, { decision: 'allow' });
  const parameters = oauth.validateAuthResponse(server, client, callback.url, state);
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    REDIRECT_URI,
    verifier,
    { additionalParameters: { resource: RESOURCE }, ...INSECURE },
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer);
  assert.equal(tokens.scope, 'read:reports');
  const again = await oauth.refreshTokenGrantRequest(
    server,
    client,
    oauth.None(),
    tokens.refresh_token,
    INSECURE,
  );
  const refreshed = await oauth.processRefreshTokenResponse(server, client, again);
  assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
  const introspected = await introspect(server, refreshed.access_token);
  assert.equal(introspected.active, true);
  assert.equal(introspected.aud, RESOURCE);
  assert.equal((await introspect(server, tokens.refresh_token)).active, false);
});

async function introspect(server, token) {
  const { clientId, clientSecret } = emulator.issuer.introspection;
  const client = { client_id: clientId };
  const basic = oauth.ClientSecretBasic(clientSecret);
  const answer = await oauth.introspectionRequest(server, client, basic, token, INSECURE);
  return oauth.processIntrospectionResponse(server, client, answer);
}
