import { createHash, timingSafeEqual } from 'node:crypto';
import type { Answer } from './node-listener.js';

/** Where a second `exec` asks whether the emulator on the port is that of its project. */
export const PROJECT_PATH = '/__emulator/project';

/** How a running emulator was started. */
export interface ProjectSettings {
  /** The absolute path of the seed; `null` for the default seed. */
  readonly seed: string | null;
  readonly allowedOrigins: readonly string[];
  readonly webhooks: string | null;
}

/** Answers requests for the settings, which need the API key, and leaves all others to `answer`. */
export function withProjectEndpoint(
  answer: Answer,
  apiKey: string,
  settings: ProjectSettings,
): Answer {
  return async (request) => {
    if (new URL(request.url).pathname !== PROJECT_PATH) return answer(request);
    if (!isSame(request.headers.get('authorization') ?? '', `Bearer ${apiKey}`)) {
      const error = 'The Authorization header is not "Bearer" and the API key';
      return Response.json({ error }, { status: 401 });
    }
    return Response.json(settings, { headers: { 'Cache-Control': 'no-store' } });
  };
}

function isSame(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
