import { inspect } from 'node:util';
import { Controller, Get } from '@nestjs/common';
import {
  CurrentUser,
  PropelAuthApi,
  PropelAuthModule,
  PropelAuthService,
  RequireOrgMember,
  RequireUser,
  type User,
} from 'nestjs-propelauth';
import request from 'supertest';
import { failureOf, startApplication } from '../support/application.js';
import { alice, dave } from '../support/claims.js';
import { Issuer } from '../support/issuer.js';
import { ACME_ID, API_KEY, AUTH_URL } from '../support/project.js';
import { PropelAuthServer } from '../support/propelauth-server.js';
import { rawToken, rsaSignature, validClaims } from '../support/raw-token.js';
import { RecordingLogger } from '../support/recording-logger.js';

const issuer = new Issuer();

@Controller()
class FailingController {
  @Get('user')
  @RequireUser()
  user(@CurrentUser('userId') userId: string) {
    return { userId };
  }

  @Get('orgs/:orgId')
  @RequireOrgMember()
  org() {
    return {};
  }

  @Get('throwing-source')
  @RequireOrgMember({
    org: () => {
      throw new Error('No such directory');
    },
  })
  throwingSource() {
    return {};
  }

  @Get('throwing-handler')
  @RequireUser()
  throwingHandler(@CurrentUser() user: User) {
    user.email = 'frozen';
  }
}

/** Everything that reaches the process's output while a test runs, by whatever way. */
function recordOutput(): string[] {
  const written: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((chunk: unknown) => {
      written.push(String(chunk));
      return true;
    });
  }
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) {
    jest.spyOn(console, method).mockImplementation((...parts: unknown[]) => {
      written.push(parts.map((part) => inspect(part)).join(' '));
    });
  }
  return written;
}

/** Tokens that fail in every way, and some that do not. */
async function tokens(): Promise<string[]> {
  const signature = rsaSignature(issuer.keys.privateKey);
  const valid = await issuer.accessToken(alice);
  return [
    valid,
    await issuer.accessToken(dave),
    await issuer.accessToken({ ...alice, exp: 1 }),
    await issuer.accessToken({ ...alice, iss: 'https://other.example' }),
    await issuer.accessToken({ ...alice, user_id: 1 }),
    await issuer.accessToken({ ...alice, org_id_to_org_member_info: { [ACME_ID]: 'Owner' } }),
    await new Issuer().accessToken(alice),
    rawToken({ header: 'not JSON at all', payload: validClaims(alice), signature }),
    rawToken({ payload: 'not JSON at all either', signature }),
    rawToken({ header: { alg: 'none' }, payload: validClaims(alice) }),
    `${valid}=`,
    `${valid} ${valid}`,
    'a-token-that-looks-like-none',
  ];
}

const server = await PropelAuthServer.start();

describe.each([false, true])('Secrets, with debugMode %s,', (debugMode) => {
  /** Sends the tokens everywhere and gives back whatever was logged, printed and answered. */
  async function everythingSaid(sent: string[]): Promise<string> {
    const output = recordOutput();
    const logger = new RecordingLogger();
    const application = await startApplication(
      {
        imports: [PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY, debugMode })],
        controllers: [FailingController],
      },
      (app) => app.useLogger(logger),
    );
    const answers = [];
    for (const token of sent) {
      for (const path of ['user', `orgs/${ACME_ID}`, 'throwing-source', 'throwing-handler']) {
        const response = await request(application.url)
          .get(`/${path}`)
          .set('Authorization', `Bearer ${token}`);
        answers.push(response.status, JSON.stringify(response.headers), response.text);
      }
    }
    return [logger.text, ...output, ...answers].join('\n');
  }

  it.each<[string, () => void]>([
    ['with a key', () => server.answersWithKey(issuer.keys.publicKeyPem)],
    ['without a key', () => server.answers({ status: 500, body: `Not for ${API_KEY}` })],
    ['with an unusable key', () => server.answersWithKey(API_KEY)],
    ['after a response that is not JSON', () => server.answers({ status: 200, body: API_KEY })],
  ])('appear in no log and no response, %s', async (_what, answer) => {
    answer();
    const sent = await tokens();
    const said = await everythingSaid(sent);
    // The handlers' own errors were logged, so the log was there to be looked at.
    expect(said.length).toBeGreaterThan(1_000);
    expect(said).not.toContain(API_KEY);
    for (const token of sent) {
      const [header, claims, signature] = token.split('.');
      expect(said).not.toContain(token);
      if (signature !== undefined) expectNotToContain(said, [claims, signature]);
      expectNotToContain(said, [`${header}.`]);
    }
  });

  it.each([400, 401, 404])('do not appear in the startup error: %d', async (status) => {
    server.answers({ status, body: { message: `${API_KEY} is wrong` } });
    const error = await failureOf(
      startApplication({
        imports: [PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY, debugMode })],
      }),
    );
    expect(error).toBeInstanceOf(Error);
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(API_KEY);
  });

  it('do not appear in the printed form of injectable providers', async () => {
    server.answersWithKey(issuer.keys.publicKeyPem);
    const application = await startApplication({
      imports: [PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY, debugMode })],
    });
    const propelAuth = application.app.get(PropelAuthService);
    const user = await propelAuth.validateAccessToken(await issuer.accessToken(alice));
    for (const printed of [propelAuth, application.app.get(PropelAuthApi), user]) {
      expect(inspect(printed, { depth: 4 })).not.toContain(API_KEY);
    }
  });
});

function expectNotToContain(text: string, parts: (string | undefined)[]): void {
  for (const part of parts) expect(text).not.toContain(part);
}
