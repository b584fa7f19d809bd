import { json } from 'node:stream/consumers';
import { PropelAuthServer, respond, type Answer } from './propelauth-server.js';

const VALIDATE = '/api/backend/v1/end_user_api_keys/validate';
const VERIFY_GRANT = '/api/backend/v1/mfa/step-up/verify-grant';

/** What PropelAuth answers about a key that it does not know. */
export const UNKNOWN_KEY: Answer = { status: 400, body: { api_key_token: ['Invalid API key'] } };
/** What PropelAuth answers about a grant that is not, or no longer, there. */
export const UNKNOWN_GRANT: Answer = {
  status: 400,
  body: {
    error_code: 'invalid_request_fields',
    user_facing_errors: null,
    field_errors: { grant: 'grant_not_found' },
  },
};

/** A step-up grant, as it was made for somebody and some kind of action. */
interface Grant {
  userId: string;
  actionType: string;
}

/** PropelAuth's backend with the API keys and step-up grants that a test gives it. */
export class Backend {
  /** What is answered about a key. */
  readonly apiKeys = new Map<string, Answer>();
  /** Grants for one time: who has them checked uses them up. */
  readonly grants = new Map<string, Grant>();
  /** What is answered about other grants, however often. */
  readonly grantAnswers = new Map<string, Answer>();
  /** In place of all other answers, while it is there. */
  failure: Answer | undefined;
  /** The bodies that were sent, in order. */
  readonly bodies: Record<string, unknown>[] = [];

  private constructor(server: PropelAuthServer) {
    server.answers((request, response) => {
      // A client that hangs up in the middle of its request gets no answer.
      void json(request)
        .catch(() => undefined)
        .then((body) => {
          if (body === undefined) return;
          this.bodies.push(body as Record<string, unknown>);
          const answer = this.failure ?? this.answerTo(request.url, body as Record<string, string>);
          respond(answer, request, response);
        });
    });
  }

  static async start(): Promise<Backend> {
    return new Backend(await PropelAuthServer.start());
  }

  /** Forgets what a test gave it and what it was asked. */
  reset(): void {
    this.apiKeys.clear();
    this.grants.clear();
    this.grantAnswers.clear();
    this.failure = undefined;
    this.bodies.length = 0;
  }

  private answerTo(path: string | undefined, body: Record<string, string>): Answer {
    if (path === VALIDATE) return this.apiKeys.get(body['api_key_token'] ?? '') ?? UNKNOWN_KEY;
    if (path === VERIFY_GRANT) return this.answerAboutGrant(body);
    return { status: 404 };
  }

  private answerAboutGrant(body: Record<string, string>): Answer {
    const answer = this.grantAnswers.get(body['grant'] ?? '');
    if (answer !== undefined) return answer;
    const grant = this.grants.get(body['grant'] ?? '');
    const holds = grant?.userId === body['user_id'] && grant?.actionType === body['action_type'];
    if (!holds) return UNKNOWN_GRANT;
    this.grants.delete(body['grant'] ?? '');
    return { status: 200, body: {} };
  }
}
