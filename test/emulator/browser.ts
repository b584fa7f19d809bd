import type { Emulator } from 'propelauth-emulator';

/** The emulator's own origin in tests. */
export const ORIGIN = 'http://localhost:4000';

/** A browser, as far as the tests need one: it has the cookies of the emulator. */
export class Browser {
  readonly cookies = new Map<string, string>();

  constructor(readonly emulator: Emulator) {}

  /** The value of the `Cookie` header. */
  get cookie(): string {
    return [...this.cookies].map((pair) => pair.join('=')).join('; ');
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(path, { headers });
  }

  /** Sends a form, as a page of the emulator does. */
  post(
    path: string,
    form: Record<string, string> | [string, string][],
    headers: Record<string, string> = { origin: ORIGIN },
  ): Promise<Response> {
    return this.send(path, { method: 'POST', headers, body: new URLSearchParams(form) });
  }

  signIn(user: string): Promise<Response> {
    return this.post('/login', { user });
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
