import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { Controller, Get } from '@nestjs/common';
import { ApplicationConfig, ModuleRef, ModulesContainer } from '@nestjs/core';
import {
  PROPELAUTH_MODULE_OPTIONS,
  PropelAuthModule,
  RequireApiKey,
  RequireStepUpMfa,
  RequireUser,
} from 'nestjs-propelauth';
import { mcpServer, RequireMcpToken } from 'nestjs-propelauth/mcp';
import { BackendClient } from '../../lib/propelauth/backend/backend-client.js';
import { TokenVerifier } from '../../lib/callers/user/token-verifier.js';
import { IntrospectionClient } from '../../lib/mcp/callers/introspection-client.js';
import { readIntrospection } from '../../lib/mcp/callers/introspection.js';
import { isObject } from '../../lib/values/is-object.js';
import { activeToken, MCP_TOKEN } from '../support/introspection.js';
import { startApplication, type RunningApplication } from '../support/application.js';
import { issuer, request } from '../support/guarded-application.js';
import { alice, API_KEY } from '../support/project.js';
import { INTROSPECTION, mcp } from '../support/mcp-options.js';

const KEY = 'end-user-key-that-must-never-be-seen';
const GRANT = 'grant-that-must-never-be-seen';
const WEBHOOK_SECRET = `whsec_${randomBytes(32).toString('base64')}`;

@Controller()
class SecretsController {
  @Get('token')
  @RequireUser()
  token() {}

  @Get('key')
  @RequireApiKey()
  key() {}

  @Get('grant')
  @RequireStepUpMfa('PAY')
  grant() {}

  @Get('mcp')
  @RequireMcpToken()
  mcp() {}
}

/** What Nest puts among the providers of every module, and the options as the application gave them. */
const NOT_OURS: unknown[] = [ApplicationConfig, ModuleRef, PROPELAUTH_MODULE_OPTIONS];

/** Everything that the module injects, printed with all that it holds. */
function printed({ app }: RunningApplication): string {
  const modules = [...app.get(ModulesContainer).values()];
  const module = modules.find(({ metatype }) => metatype === PropelAuthModule);
  const instances = [...(module?.providers ?? [])]
    .filter(([token]) => !NOT_OURS.includes(token))
    .map(([, { instance }]) => instance);
  expect(instances.length).toBeGreaterThan(20);
  // Each object alone, because whole trees would print what they share again and again.
  return [...reachable(instances)].map(printedAlone).join('\n');
}

function reachable(roots: readonly unknown[]): Set<object> {
  const found = new Set(roots.filter(isObject));
  // A set gives what is added while it is read.
  for (const object of found) {
    for (const part of partsOf(object)) if (isObject(part)) found.add(part);
  }
  return found;
}

function partsOf(object: object): unknown[] {
  const fields = Reflect.ownKeys(object).map((key) => {
    try {
      return Reflect.get(object, key) as unknown;
    } catch {
      return undefined;
    }
  });
  if (object instanceof Map) return [...fields, ...object.keys(), ...object.values()];
  return object instanceof Set ? [...fields, ...object] : fields;
}

function printedAlone(object: object): string {
  // Only a print shows what a weak collection contains.
  const depth = object instanceof WeakMap || object instanceof WeakSet ? Infinity : 0;
  return inspect(object, { depth, showHidden: true, getters: true, maxArrayLength: null });
}

it('No injectable object prints a token, an API key, a grant or a client secret, at any point of a call', async () => {
  const prints: string[] = [];
  const application = await startApplication({
    imports: [
      PropelAuthModule.forRoot({
        ...issuer.moduleOptions,
        apiKey: API_KEY,
        apiKeys: { cacheSeconds: 60 },
        webhooks: { secret: WEBHOOK_SECRET, path: '/webhooks' },
        plugins: [mcpServer(mcp)],
      }),
    ],
    controllers: [SecretsController],
  });
  const print = () => void prints.push(printed(application));
  const token = await issuer.accessToken(alice);
  // While the token is verified, the API key validated, the grant checked and the MCP token introspected.
  const verifier = application.app.get(TokenVerifier, { strict: false });
  const verify = verifier.verify.bind(verifier);
  // By hand: a mock of Jest keeps what it is called with.
  verifier.verify = (...call) => {
    print();
    return verify(...call);
  };
  const backend = application.app.get(BackendClient, { strict: false });
  backend.validateApiKey = async () => {
    print();
    return {
      kind: 'personal',
      user: { userId: 'user-alice', email: 'alice@example.com' } as never,
    };
  };
  backend.verifyStepUpGrant = async () => {
    print();
    return true;
  };
  const introspection = application.app.get(IntrospectionClient, { strict: false });
  introspection.introspect = async () => {
    print();
    return readIntrospection(activeToken());
  };

  print();
  const { url } = application;
  await request(url).get('/token').auth(token, { type: 'bearer' }).expect(200);
  print();
  await request(url).get('/key').set('X-API-Key', KEY).expect(200);
  print();
  await request(url)
    .get('/grant')
    .auth(token, { type: 'bearer' })
    .set('X-Step-Up-Grant', GRANT)
    .expect(200);
  print();
  await request(url).get('/mcp').auth(MCP_TOKEN, { type: 'bearer' }).expect(200);
  print();

  expect(prints).toHaveLength(9);
  expect(prints[0]).toContain('McpServerOptions {');
  expect(prints[0]).toContain('IntrospectionClient {');
  const signature = token.split('.').at(-1) as string;
  for (const secret of [
    signature,
    KEY,
    GRANT,
    API_KEY,
    WEBHOOK_SECRET,
    MCP_TOKEN,
    INTROSPECTION.clientSecret,
    Buffer.from(`${INTROSPECTION.clientId}:${INTROSPECTION.clientSecret}`).toString('base64'),
  ]) {
    expect(prints.filter((text) => text.includes(secret))).toEqual([]);
  }
});
