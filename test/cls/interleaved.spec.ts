import { Agent, get as httpGet } from 'node:http';
import { json } from 'node:stream/consumers';
import { Controller, Get, Injectable } from '@nestjs/common';
import { Public, RequireOrgMember, RequireUserOrApiKey } from 'nestjs-propelauth';
import { CallerContext } from 'nestjs-propelauth/cls';
import { nat, sample } from 'fast-check';
import { Backend } from '../support/backend.js';
import { registerCleanup } from '../support/clean-up.js';
import { issuer, startGuarded } from '../support/guarded-application.js';
import { headersOf, userIn } from '../support/project.js';
import { PATIENCE, reproducible, sized } from '../support/thorough.js';
import { REQUESTS } from './load.js';
import { clsModule, inWords } from './places.js';

const CONNECTIONS = 50;

/** What a request may wait for. */
const WAITS: readonly (() => Promise<unknown>)[] = [
  () => Promise.resolve(),
  () => new Promise((resolve) => setImmediate(resolve)),
  () => new Promise((resolve) => setTimeout(resolve, 0)),
  () => new Promise((resolve) => process.nextTick(resolve)),
];

/** What all requests go through: each waits for something else, in an order of its own. */
@Injectable()
class Work {
  /** How many were at work at a time, at most. */
  most = 0;
  private atWork = 0;
  private turn = 0;

  constructor(private readonly caller: CallerContext) {}

  /** Each caller that was found on the way. */
  async run(steps: number): Promise<string[]> {
    const found = new Set([inWords(this.caller)]);
    this.most = Math.max(this.most, ++this.atWork);
    for (let step = 0; step < steps; step++) {
      await WAITS[this.turn++ % WAITS.length]!();
      found.add(inWords(this.caller));
    }
    this.atWork--;
    return [...found];
  }
}

@Controller()
class WorkController {
  constructor(private readonly work: Work) {}

  @Get('orgs/:orgId/:steps')
  @RequireOrgMember()
  ofOrg() {
    return this.work.run(6);
  }

  @Get('mine')
  @RequireUserOrApiKey()
  mine() {
    return this.work.run(3);
  }

  @Get('public')
  @Public()
  public() {
    return this.work.run(4);
  }
}

const ORGS = ['o1', 'o2', 'o3'].map((orgId) => ({ orgId, orgName: orgId, role: 'Member' }));
const USERS = Array.from({ length: 20 }, (_, index) => userIn(`u${index}`, ...ORGS));
const KEYS = Array.from({ length: 5 }, (_, index) => `key-of-${index}`);

interface Ask {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly caller: string;
}

const backend = await Backend.start();

async function possibleRequests(): Promise<Ask[]> {
  const ofUsers = USERS.map(async (user) => {
    const headers = await headersOf(issuer, user);
    const caller = `user ${user.userId}`;
    return [
      { path: '/mine', headers, caller },
      // Whoever it is, the handler asks for nobody.
      { path: '/public', headers, caller: 'nobody' },
      ...ORGS.map(({ orgId }) => ({
        path: `/orgs/${orgId}/x`,
        headers,
        caller: `${caller} in ${orgId}`,
      })),
    ];
  });
  const ofKeys = KEYS.map((key) => ({
    path: '/mine',
    headers: { 'x-api-key': key },
    caller: `api-key user-of-${key}`,
  }));
  return [...(await Promise.all(ofUsers)).flat(), ...ofKeys];
}

/** Users, organizations and API keys in an order that each run repeats. */
function* shuffled(asks: readonly Ask[]): Generator<Ask> {
  const { seed, numRuns } = reproducible(REQUESTS);
  const order = sample(nat(asks.length - 1), { seed, numRuns });
  for (const index of order) yield asks[index]!;
}

describe('Interleaved requests of many users, organizations and API keys', () => {
  it(
    'never see each other’s caller',
    async () => {
      for (const key of KEYS) {
        const user = { user_id: `user-of-${key}`, email: `${key}@example.com` };
        backend.apiKeys.set(key, { status: 200, body: { user } });
      }
      const { app, url } = await startGuarded(
        { imports: [clsModule()], controllers: [WorkController], providers: [Work] },
        { apiKeys: { cacheSeconds: 300 } },
      );
      const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
      registerCleanup(() => agent.destroy());
      const ask = ({ path, headers }: Ask) =>
        new Promise<unknown>((resolve, reject) => {
          httpGet(url + path, { agent, headers }, (response) => {
            json(response).then(resolve, reject);
          }).on('error', reject);
        });
      const asks = shuffled(await possibleRequests());
      const wrong: unknown[] = [];
      let answered = 0;
      const client = async () => {
        for (const each of asks) {
          const found = await ask(each);
          answered++;
          if (JSON.stringify(found) !== JSON.stringify([each.caller])) wrong.push([each, found]);
        }
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, client));
      expect(wrong).toEqual([]);
      expect(app.get(Work).most).toBeGreaterThan(CONNECTIONS / 2);
      expect(answered).toBeGreaterThanOrEqual(sized(REQUESTS));
    },
    PATIENCE,
  );
});
