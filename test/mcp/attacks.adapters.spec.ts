import { Controller, Post } from '@nestjs/common';
import { McpController as McpTools, Tool } from '@rekog/mcp-nest';
import { Public, PropelAuthModule, RequireOrgRole } from 'nestjs-propelauth';
import { liveAccess } from 'nestjs-propelauth/live-access';
import { mcpServer, RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import supertest from 'supertest';
import { requestText, bearer } from '../attacks/attack.js';
import { startApplication } from '../support/application.js';
import { McpPropelAuth } from '../support/mcp.js';
import { issuer } from '../support/guarded-application.js';
import { callOf, startMcpServer } from '../support/mcp-nest.js';
import { stopClock } from '../support/fake-timers.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { sendRaw } from '../support/send-raw.js';
import { MCP_ATTACKS, owner, type AttackedRule, type McpAttack } from './mcp-attacks.js';
import { mcp, METADATA_URL, RESOURCE, SCOPES } from '../support/mcp-options.js';

/** Which handlers have run. */
const ran: string[] = [];

@Controller('mcp')
@RequireMcpToken()
class PlainController {
  @Post('open')
  @Public()
  open() {
    ran.push('open');
  }

  @Post('plain')
  plain() {
    ran.push('plain');
  }

  @Post('scope')
  @RequireScope('read:reports')
  scope() {
    ran.push('scope');
  }

  @Post('role')
  @RequireOrgRole('Admin')
  role() {
    ran.push('role');
  }
}

@McpTools()
class Tools {
  @Tool({ name: 'plain', description: '' })
  @RequireMcpToken()
  plain() {
    ran.push('plain');
  }

  @Tool({ name: 'scope', description: '' })
  @RequireScope('read:reports')
  scope() {
    ran.push('scope');
  }

  @Tool({ name: 'role', description: '' })
  @RequireOrgRole('Admin')
  role() {
    ran.push('role');
  }
}

interface Victim {
  readonly url: string;
  readonly propelAuth: McpPropelAuth & { cached?: string };
  readonly log: RecordingLogger;
  readonly pathOf: (rule: AttackedRule) => string;
  /** The statuses beside 403 of a call that only the guard of a tool rejects: the error is in the body. */
  readonly ofToolErrors: readonly number[];
}

const LIVE = {
  plugins: [liveAccess()],
  webhooks: { secret: issuer.webhookSecret, path: '/webhooks' },
} as const;

async function startPlain(): Promise<Victim> {
  const propelAuth = await McpPropelAuth.start();
  const log = new RecordingLogger();
  const { url } = await startApplication(
    {
      imports: [
        PropelAuthModule.forRoot({
          ...propelAuth.moduleOptions,
          ...LIVE,
          plugins: [mcpServer(mcp), liveAccess()],
        }),
      ],
      controllers: [PlainController],
    },
    (app) => app.useLogger(log),
  );
  return { url, propelAuth, log, pathOf: (rule) => `/mcp/${rule}`, ofToolErrors: [] };
}

async function startMcpNest(): Promise<Victim> {
  const log = new RecordingLogger();
  const { url, propelAuth } = await startMcpServer([Tools], {
    options: LIVE,
    prepare: (app) => app.useLogger(log),
  });
  return { url, propelAuth, log, pathOf: () => '/mcp', ofToolErrors: [200, 400] };
}

function textOf({ pathOf }: Victim, attack: McpAttack, propelAuth: McpPropelAuth): string {
  const { rule = 'plain', method = 'POST', query, fields } = attack;
  const headers = [
    'Accept: application/json, text/event-stream',
    'Content-Type: application/json',
    ...attack.headers(propelAuth),
  ];
  const body = JSON.stringify({ ...callOf(rule), ...fields?.(propelAuth) });
  const path = pathOf(rule) + (query?.(propelAuth) ?? '');
  return requestText(`${method} ${path}`, headers, method === 'TRACE' ? '' : body);
}

describe.each([
  ['a plain controller', startPlain],
  ['a controller of mcp-nest', startMcpNest],
])('Attacks on %s', (_what, start) => {
  let victim: Victim;
  beforeAll(async () => {
    victim = await start();
  });

  beforeEach(async () => {
    ran.length = 0;
    victim.log.lines.length = 0;
    victim.propelAuth.reset();
  });

  /** What the same request does with a good token, and nothing else. */
  const control = (rule: AttackedRule) =>
    send({
      name: '',
      rule,
      headers: (propelAuth) => [bearer(propelAuth.token(owner))],
    });
  const send = (attack: McpAttack) =>
    sendRaw(victim.url, textOf(victim, attack, victim.propelAuth));

  async function expectStillThere(rule: AttackedRule): Promise<void> {
    victim.propelAuth.reset();
    ran.length = 0;
    expect([200, 201]).toContain((await control(rule)).status);
    expect(ran).toEqual([rule]);
  }

  describe.each(MCP_ATTACKS)('by %s', (_subject, attacks) => {
    it.each(attacks)('$name', async (attack) => {
      const { propelAuth, log } = victim;
      const { rule = 'plain', answers = [401], questions: [tokens, users] = [0, 0] } = attack;
      propelAuth.cached = propelAuth.token(owner);
      await send({ name: '', headers: () => [bearer(propelAuth.cached as string)] });
      expect(ran).toEqual(['plain']);
      ran.length = 0;
      const [asked, askedUsers] = [propelAuth.asked.length, propelAuth.askedUsers.length];
      const { status, text } = await send(attack);
      expect(ran).toEqual([]);
      expect([...answers, ...(rule === 'role' ? victim.ofToolErrors : [])]).toContain(status);
      expect(propelAuth.asked.length - asked).toBeLessThanOrEqual(tokens);
      expect(propelAuth.askedUsers.length - askedUsers).toBeLessThanOrEqual(users);
      // Nothing of what was sent, and of what PropelAuth said, writes headers or lines, or tells a secret.
      expect(text).not.toMatch(/x-injected|script|must-never-be-seen/i);
      expect(log.text).not.toContain('must-never-be-seen');
      expect(log.lines.filter((line) => /[\r\n]/.test(line.text))).toEqual([]);
      await expectStillThere(rule);
    });
  });

  it('Metadata and challenges do not depend on the Host header', async () => {
    const spoofed = [
      'Host: attacker.example.com',
      'X-Forwarded-Host: attacker.example.com',
      'X-Forwarded-Proto: http',
      'Forwarded: host=attacker.example.com',
      'Connection: close',
    ];
    const raw = (line: string) => sendRaw(victim.url, `${line}\r\n${spoofed.join('\r\n')}\r\n\r\n`);
    const path = new URL(METADATA_URL).pathname;
    const metadata = await raw(`GET ${path} HTTP/1.1`);
    expect(metadata.text).toContain(`"resource":"${RESOURCE}"`);
    const absolute = await raw(`GET https://attacker.example.com${path} HTTP/1.1`);
    expect(metadata.text + absolute.text).not.toContain('attacker');
    const { status, text } = await raw(`POST ${victim.pathOf('plain')} HTTP/1.1`);
    expect(status).toBe(401);
    expect(text).toContain(`resource_metadata="${METADATA_URL}"`);
    expect(text).not.toContain('attacker');
  });

  it('A pipelined request has its own caller', async () => {
    const { propelAuth } = victim;
    const first = textOf(
      victim,
      { name: '', headers: () => [bearer(propelAuth.token(owner))] },
      propelAuth,
    ).replace('Connection: close\r\n', '');
    const second = textOf(victim, { name: '', headers: () => [] }, propelAuth);
    const { status, text } = await sendRaw(victim.url, first + second);
    expect(status).toBe(401);
    expect(text).toMatch(/HTTP\/1\.1 20[01] /);
    expect(ran).toEqual(['plain']);
  });

  it('Five hundred requests with one invalid token cause one introspection request', async () => {
    const { propelAuth } = victim;
    const statuses = new Set<number | 'closed'>();
    for (let round = 0; round < 10; round++) {
      const sent = Array.from({ length: 50 }, () =>
        send({ name: '', headers: () => [bearer('one-junk-token')] }),
      );
      for (const { status } of await Promise.all(sent)) statuses.add(status);
    }
    expect([...statuses]).toEqual([401]);
    expect(propelAuth.asked).toEqual(['one-junk-token']);
    await expectStillThere('plain');
  });

  it('Three hundred invalid tokens cause one introspection request each, and are all rejected', async () => {
    const { propelAuth } = victim;
    for (let round = 0; round < 6; round++) {
      const sent = Array.from({ length: 50 }, (_, index) =>
        send({ name: '', headers: () => [bearer(`junk-${round}-${index}`)] }),
      );
      for (const { status } of await Promise.all(sent)) expect([401, 503]).toContain(status);
    }
    expect(ran).toEqual([]);
    expect(propelAuth.asked.length).toBeLessThanOrEqual(300);
    expect(propelAuth.askedUsers).toEqual([]);
    await expectStillThere('plain');
  });

  describe.each(['user.disabled', 'user.deleted'])('After the webhook %s', (event_type) => {
    it.each<AttackedRule>(['plain', 'scope', 'role'])(
      'no token of the user is accepted, cached or not: %s',
      async (rule) => {
        const { propelAuth } = victim;
        const user = { ...owner, userId: issuer.userId({ email: `${event_type}-${rule}@x.dev` }) };
        const cached = propelAuth.token(user);
        const old = propelAuth.token(user, SCOPES, { iat: Math.floor(Date.now() / 1000) - 600 });
        const inCapitals = propelAuth.token(user, SCOPES, { sub: user.userId.toUpperCase() });
        const use = async (token: string) =>
          (await send({ name: '', rule, headers: () => [bearer(token)] })).status;
        await use(cached);
        expect(ran).toEqual([rule]);
        ran.length = 0;
        propelAuth.knows(user, { enabled: false });
        const { headers, body } = issuer.webhook({ event_type, user_id: user.userId });
        await supertest(victim.url).post('/webhooks').set(headers).send(body).expect(204);
        for (const token of [cached, old, inCapitals]) expect(await use(token)).toBe(401);
        expect(ran).toEqual([]);
        expect(propelAuth.askedUsers.length).toBeLessThanOrEqual(2);
      },
    );

    it.each<AttackedRule>(['plain', 'scope', 'role'])(
      'no token that a client gets later is accepted, whatever introspection returns: %s',
      async (rule) => {
        const { propelAuth } = victim;
        const userId = issuer.userId({ email: `refreshed-${event_type}-${rule}@x.dev` });
        const user = { ...owner, userId };
        const use = async (token: string) =>
          (await send({ name: '', rule, headers: () => [bearer(token)] })).status;
        const { headers, body } = issuer.webhook({ event_type, user_id: userId });
        await supertest(victim.url).post('/webhooks').set(headers).send(body).expect(204);
        // As directories do that disable somebody.
        const left = issuer.webhook({
          event_type: 'user.removed_from_scim_group',
          user_id: userId,
        });
        await supertest(victim.url).post('/webhooks').set(left.headers).send(left.body).expect(204);
        // Beyond the tolerance for clocks: the token is newer than the event for certain.
        stopClock(Date.now() + 120_000);
        const refreshed = propelAuth.token(user);
        propelAuth.knows(user, { enabled: false });
        const status = await use(refreshed);
        jest.useRealTimers();
        expect(status).toBe(401);
        expect(ran).toEqual([]);
        expect(propelAuth.askedUsers.length).toBeLessThanOrEqual(1);
      },
    );
  });
});
