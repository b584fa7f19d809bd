import {
  createEmulator,
  createSecrets,
  type Emulator,
  type EmulatorOptions,
  type Seed,
} from 'propelauth-emulator';

/** The emulator's own origin in tests. */
export const ORIGIN = 'http://localhost:4000';
export const FRONT_END = 'http://localhost:5173';
export const OUTBOX = '/__emulator/outbox';
export const REQUESTS = '/__emulator/requests';
export const LINK = '/propelauth/magic_link';
export const PASSWORD = 'a-correct-horse';
export const EVE = 'eve@example.com';
export const ACME = 'acce0000-0000-4000-8000-000000000000';
export const BETA = 'be4a0000-0000-4000-8000-000000000000';
export const ALICE = 'a11ce000-0000-4000-8000-000000000001';
/** Making keys takes longer than a test. */
export const SECRETS = await createSecrets();
export const AUTHORIZATION = { authorization: `Bearer ${SECRETS.apiKey}` };

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

/** A return address as PropelAuth's libraries send it. */
export function encode(url: string): string {
  return Buffer.from(url, 'latin1').toString('base64');
}

type Form = Record<string, string>;

/** Someone with a browser, as far as the tests need one: it has the cookies of the emulator. They also see events, and ask the backend API. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly events: { event_type: string }[] = [];

  constructor(readonly emulator: Emulator) {}

  static async open(options: EmulatorOptions = {}): Promise<Browser> {
    const defaults = { seed: SEED, authUrl: ORIGIN, secrets: SECRETS };
    const browser = new Browser(await createEmulator({ ...defaults, ...options }));
    browser.project.onEvent((event) => void browser.events.push(event));
    return browser;
  }

  /** The value of the `Cookie` header. */
  get cookie(): string {
    return [...this.cookies].map((pair) => pair.join('=')).join('; ');
  }

  get project() {
    return this.emulator.core.project;
  }

  get types(): string[] {
    return this.events.map(({ event_type: type }) => type);
  }

  /** Another browser with the same emulator. */
  another(): Browser {
    return new Browser(this.emulator);
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(path, { headers });
  }

  /** Sends a form, as a page of the emulator does. */
  post(
    path: string,
    form: Form | [string, string][],
    headers: Record<string, string> = { origin: ORIGIN },
  ): Promise<Response> {
    return this.send(path, { method: 'POST', headers, body: new URLSearchParams(form) });
  }

  signIn(user: string): Promise<Response> {
    return this.post('/login', { user });
  }

  /** The address to which a form leads. */
  async sent(path: string, form: Form): Promise<string> {
    return addressIn(await this.post(path, form));
  }

  /** The address to which a link leads. */
  async follow(link: string): Promise<string> {
    return addressIn(await this.get(link));
  }

  /** The page that says why a form is rejected. */
  async rejected(path: string, form: Form): Promise<string> {
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
  async signUp(email = EVE, form: Form = {}): Promise<string> {
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
      headers: AUTHORIZATION,
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

  private async send(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookie !== '') headers.set('cookie', this.cookie);
    const response = await this.emulator.fetch(ORIGIN + path, { ...init, headers });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=');
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
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
