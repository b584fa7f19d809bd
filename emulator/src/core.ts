import type { Origins } from './access/origins.js';
import type { Sessions } from './access/sessions.js';
import type { Functions } from './backend/functions.js';
import type { TokenIssuer } from './issuer/token-issuer.js';
import type { OAuthStore } from './oauth/oauth-store.js';
import type { Project } from './project/project.js';
import type { Recorder } from './recorder.js';
import type { RequestLog } from './request-log.js';
import type { Webhooks } from './webhooks/webhooks.js';

/** What the endpoints work with. */
export interface Core {
  readonly issuer: TokenIssuer;
  readonly project: Project;
  readonly functions: Functions;
  readonly recorder: Recorder;
  readonly sessions: Sessions;
  readonly origins: Origins;
  readonly oauth: OAuthStore;
  readonly webhooks: Webhooks;
  readonly log: RequestLog;
  /** The name of the application's project, for pages. */
  readonly name: string;
  /** Goes back to the seed. */
  readonly reset: () => void;
  /** The URL of the application that curl commands call. */
  readonly call: string;
}
