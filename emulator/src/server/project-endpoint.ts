import { createHmac } from 'node:crypto';
import { isSameSecret } from '../texts.js';
import { leaseResponse, type Leases } from './leases.js';
import type { Answer } from './server.js';

/** Where a second `exec` asks whether the emulator on the port is that of its project. */
export const PROJECT_PATH = '/__emulator/project';

/** Where it then asks for a lease. */
export const LEASE_PATH = '/__emulator/lease';

/** How a running emulator was started: the options that a second `exec` compares. Without one, it is `null`. */
export interface ProjectSettings {
  /** An absolute path. */
  readonly '--seed': string | null;
  readonly '--webhooks': string | null;
  readonly '--allow-origin': readonly string[];
  readonly '--host': string | null;
  readonly '--public-url': string | null;
}

/** Answers requests for the settings and for leases, with and for a proof of the API key, and leaves all others to `answer`. */
export function withProjectEndpoints(
  answer: Answer,
  apiKey: string,
  settings: ProjectSettings,
  leases: Leases,
): Answer {
  return async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const challenge = searchParams.get('challenge') ?? '';
    if (pathname === PROJECT_PATH) {
      const proof = proofOf(apiKey, 'project', challenge);
      return Response.json({ ...settings, proof }, { headers: { 'Cache-Control': 'no-store' } });
    }
    if (pathname !== LEASE_PATH) return answer(request);
    const given = request.headers.get('authorization') ?? '';
    return isSameSecret(given, proofOf(apiKey, 'lease', challenge))
      ? leaseResponse(leases)
      : Response.json({ error: 'There is no proof of the API key' }, { status: 401 });
  };
}

/** Shows that both sides have the same API key, which neither tells the other: another program may have the port. */
export function proofOf(
  apiKey: string,
  of: 'project' | 'lease' | 'page',
  challenge: string,
): string {
  return createHmac('sha256', apiKey).update(`${of} ${challenge}`).digest('base64url');
}
