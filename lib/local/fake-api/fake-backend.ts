import { ok, type BackendResponse } from './backend-response.js';
import { apiKeyEndpoints } from './api-key-endpoints.js';
import { Router, type BackendRequest } from './endpoint.js';
import type { FakeProject } from './fake-project.js';
import { memberEndpoints } from './member-endpoints.js';
import { orgEndpoints } from './org-endpoints.js';
import { signInEndpoints } from './sign-in-endpoints.js';
import { stepUpEndpoints } from './step-up-endpoints.js';
import { userEndpoints } from './user-endpoints.js';

const VERIFICATION_METADATA = '/api/v1/token_verification_metadata';

/** Responds like PropelAuth's backend, from a project in memory. */
export class FakeBackend {
  private readonly router: Router;

  constructor(private readonly project: FakeProject) {
    this.router = new Router({
      ...userEndpoints(project),
      ...orgEndpoints(project),
      ...memberEndpoints(project),
      ...apiKeyEndpoints(project),
      ...signInEndpoints(project),
      ...stepUpEndpoints(project),
    });
  }

  /** The response, or `undefined` if the fake does not support the request. */
  async handle(request: BackendRequest): Promise<BackendResponse | undefined> {
    if (request.method === 'GET' && request.path === VERIFICATION_METADATA) {
      return ok({ verifier_key_pem: this.project.issuer.verifierKey });
    }
    return this.router.handle(request);
  }
}
