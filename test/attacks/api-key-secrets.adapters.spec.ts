import { inspect } from 'node:util';
import { Controller, Post } from '@nestjs/common';
import {
  CurrentUser,
  PropelAuthModule,
  PropelAuthService,
  RequireApiKey,
  RequireStepUpMfa,
  RequireUserOrApiKey,
  type User,
} from 'nestjs-propelauth';
import request from 'supertest';
import { startApplication } from '../support/application.js';
import { Backend } from '../support/backend.js';
import { alice } from '../support/claims.js';
import { Issuer } from '../support/issuer.js';
import { API_KEY } from '../support/project.js';
import type { Answer } from '../support/propelauth-server.js';
import { RecordingLogger } from '../support/recording-logger.js';

const issuer = new Issuer();
const KEY = 'end-user-key-that-must-never-be-seen';
const GRANT = 'grant-that-must-never-be-seen';
const WEBHOOK_SECRET = `whsec_${Buffer.from('secret-that-must-never-be-seen').toString('base64')}`;

@Controller()
class SecretsController {
  constructor(private readonly propelAuth: PropelAuthService) {}

  @Post('key')
  @RequireApiKey()
  key() {
    return {};
  }

  @Post('grant')
  @RequireStepUpMfa('PAY')
  grant() {
    return {};
  }

  @Post('verify')
  @RequireUserOrApiKey()
  async verify(@CurrentUser() user: User | null) {
    await this.propelAuth.verifyStepUp(user, 'PAY', GRANT);
    return {};
  }
}

/** All of PropelAuth's answers that repeat what they were asked, and none. */
const echo = { status: 500, body: { echo: `${KEY} ${GRANT} ${API_KEY}` } };
const failures: Record<string, Answer | undefined> = {
  normally: undefined,
  'with an error that repeats them': echo,
  'with a rejection that repeats them': { ...echo, status: 400 },
  'that the integration is unknown': { ...echo, status: 401 },
  'with a success that repeats them': { ...echo, status: 200 },
  'with field errors that repeat them': {
    status: 400,
    body: { api_key_token: [KEY], field_errors: { grant: GRANT } },
  },
  'that the key is rate-limited': { status: 429, body: { wait_seconds: 3, echo: KEY } },
  'with a string that repeats them': { status: 200, body: `<${KEY} ${GRANT}` },
  'with an empty response': (incoming) => incoming.socket.destroy(),
};

/** A store whose errors tell everything. */
const brokenStore = {
  get: (place: string) => {
    throw new Error(`cannot read ${place} ${KEY}`);
  },
  set: () => {
    throw new Error(KEY);
  },
};

const backend = await Backend.start();

describe.each([false, true])('With debugMode: %p', (debugMode) => {
  beforeEach(() => backend.reset());

  it.each(Object.keys(failures))(
    'no API key, grant or secret appears in a response, log or event if PropelAuth returns %s',
    async (name) => {
      backend.failure = failures[name];
      const logger = new RecordingLogger();
      const events: unknown[] = [];
      const { app, url } = await startApplication(
        {
          imports: [
            PropelAuthModule.forRoot({
              ...issuer.moduleOptions,
              debugMode,
              webhooks: { secret: WEBHOOK_SECRET, path: '/webhook' },
              apiKeys: { cacheSeconds: 60, store: brokenStore },
              onDecision: (event) => events.push(event),
            }),
          ],
          controllers: [SecretsController],
        },
        (application) => application.useLogger(logger),
      );
      const credentials = [
        { 'x-api-key': KEY },
        { authorization: `Bearer ${KEY}` },
        { ...(await issuer.headersOf(alice)), 'x-step-up-grant': GRANT },
        { 'svix-id': '1', 'svix-timestamp': '1', 'svix-signature': `v1,${KEY}` },
      ];
      const answers: string[] = [];
      for (const path of ['/key', '/grant', '/verify', '/webhook']) {
        for (const headers of credentials) {
          const { status, headers: received, text } = await request(url).post(path).set(headers);
          answers.push(`${status} ${inspect(received)} ${text}`);
        }
      }
      const providers = inspect(app.get(PropelAuthService), { depth: 12 });
      const everything = [...answers, logger.text, inspect(events, { depth: 9 }), providers].join();
      for (const secret of [KEY, GRANT, API_KEY, WEBHOOK_SECRET.slice(6), 'secret-that-must']) {
        expect(everything).not.toContain(secret);
      }
      expect(
        answers.filter((answer) => answer.startsWith('5') && !answer.startsWith('503')),
      ).toEqual([]);
    },
  );
});
