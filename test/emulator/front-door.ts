import {
  createEmulator,
  createSecrets,
  type EmulatorOptions,
  type Seed,
} from 'propelauth-emulator';
import { Browser, ORIGIN } from './browser.js';

export const FRONT_END = 'http://localhost:5173';
export const OUTBOX = '/__emulator/outbox';
export const LINK = '/propelauth/magic_link';
export const PASSWORD = 'a-correct-horse';
export const EVE = 'eve@example.com';
export const ACME = 'acce0000-0000-4000-8000-000000000000';
export const BETA = 'be4a0000-0000-4000-8000-000000000000';
export const ALICE = 'a11ce000-0000-4000-8000-000000000001';
// Making keys takes longer than a test.
const SECRETS = await createSecrets();

const SEED: Seed = {
  orgs: [
    { name: 'Acme Inc', orgId: ACME },
    { name: 'Beta', orgId: BETA },
  ],
  users: [
    { name: 'alice', userId: ALICE, orgs: [{ org: 'Acme Inc', role: 'Owner' }] },
    { name: 'bob' },
  ],
};

export function encode(url: string): string {
  return Buffer.from(url, 'latin1').toString('base64');
}

/** Someone with a browser, who also sees the events, and asks the backend API. */
export class FrontDoor extends Browser {
  readonly events: { event_type: string }[] = [];

  static async open(options: EmulatorOptions = {}): Promise<FrontDoor> {
    const defaults = { seed: SEED, authUrl: ORIGIN, secrets: SECRETS };
    const browser = new FrontDoor(await createEmulator({ ...defaults, ...options }));
    browser.project.onEvent((event) => void browser.events.push(event));
    return browser;
  }

  get project() {
    return this.emulator.core.project;
  }

  get types(): string[] {
    return this.events.map(({ event_type: type }) => type);
  }

  /** Another browser with the same emulator. */
  another(): FrontDoor {
    return new FrontDoor(this.emulator);
  }

  /** The address to which a form leads. */
  async sent(path: string, form: Record<string, string>): Promise<string> {
    return addressIn(await this.post(path, form));
  }

  /** The address to which a link leads. */
  async follow(link: string): Promise<string> {
    return addressIn(await this.get(link));
  }

  /** The page that says why a form is rejected. */
  async rejected(path: string, form: Record<string, string>): Promise<string> {
    return textIn(await this.post(path, form), 400);
  }

  async textOf(path: string, status = 200): Promise<string> {
    return textIn(await this.get(path), status);
  }

  /** The links in the outbox, the latest first. */
  async links(): Promise<string[]> {
    const text = await this.textOf(OUTBOX);
    return [...text.matchAll(/<a href="(\/propelauth\/magic_link[^"]*)"/g)].map(([, path = '']) =>
      path.replaceAll('&amp;', '&'),
    );
  }

  async latestLink(): Promise<string> {
    const [link = ''] = await this.links();
    return link;
  }

  /** The link that confirms the address. */
  async signUp(email = EVE, form: Record<string, string> = {}): Promise<string> {
    await this.sent('/signup', { email, new_password: PASSWORD, ...form });
    return this.latestLink();
  }

  /** The email address of who is signed in. */
  async whoIs(): Promise<string | undefined> {
    const response = await this.get('/api/v1/refresh_token');
    if (response.status === 401) return undefined;
    return ((await response.json()) as { user: { email: string } }).user.email;
  }

  async call(method: string, path: string, body?: object) {
    const response = await this.emulator.fetch(`${ORIGIN}/api/backend/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.emulator.issuer.apiKey}` },
      body: body && JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  }

  async magicLink(body: object): Promise<string> {
    const { body: answer } = await this.call('POST', '/magic_link', body);
    return (answer['url'] ?? '').replace(ORIGIN, '');
  }

  invite(email: string, orgId = ACME, role = 'Admin') {
    return this.call('POST', '/invite_user', { email, org_id: orgId, role });
  }

  /** The roles of a user by the names of organizations. */
  rolesOf(email: string): Record<string, string> {
    const user = this.project.findUserByEmail(email);
    const orgs = this.project.orgsOf(user?.user_id ?? '');
    return Object.fromEntries(orgs.map(({ org, membership }) => [org.name, membership.role]));
  }
}

async function textIn(response: Response, status: number): Promise<string> {
  const text = await response.text();
  expect([response.status, text]).toEqual([status, text]);
  return text;
}

async function addressIn(response: Response): Promise<string> {
  const text = await response.text();
  expect([response.status, text]).toEqual([303, '']);
  return response.headers.get('location') ?? '';
}
