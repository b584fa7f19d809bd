import { createHmac } from 'node:crypto';
import type { Answer } from './server.js';

/** Where a second `exec` asks whether the emulator on the port is that of its project. */
export const PROJECT_PATH = '/__emulator/project';

/** How a running emulator was started. */
export interface ProjectSettings {
  /** The absolute path of the seed; `null` for the default seed. */
  readonly seed: string | null;
  readonly allowedOrigins: readonly string[];
  readonly webhooks: string | null;
}

/** Answers requests for the settings with a proof of the API key, and leaves all others to `answer`. */
export function withProjectEndpoint(
  answer: Answer,
  apiKey: string,
  settings: ProjectSettings,
): Answer {
  return async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== PROJECT_PATH) return answer(request);
    const proof = proofOf(apiKey, searchParams.get('challenge') ?? '');
    return Response.json({ ...settings, proof }, { headers: { 'Cache-Control': 'no-store' } });
  };
}

/** Shows that both sides have the same API key, which neither tells the other: another program may have the port. */
export function proofOf(apiKey: string, challenge: string): string {
  return createHmac('sha256', apiKey).update(`project ${challenge}`).digest('base64url');
}
