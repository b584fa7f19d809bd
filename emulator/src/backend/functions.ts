import { HTTPException } from 'hono/http-exception';
import { omitUndefined } from '../issuer/access-token-claims.js';
import type { JsonObject } from '../json-object.js';
import type { Project } from '../project/project.js';
import type { Endpoint, Endpoints } from './endpoint.js';
import { addEndpoints } from './endpoints.js';
import { InvalidFields } from './fields.js';

/** What PropelAuth's backend API does, by the name of the function of its client: for pages, which are no calls of an application. */
export class Functions extends Map<string, Endpoint> {
  constructor(project: Project) {
    super();
    const add = (_path: string, name: string, endpoint: Endpoint) => void this.set(name, endpoint);
    const api: Endpoints = { GET: add, POST: add, PUT: add, PATCH: add, DELETE: add };
    addEndpoints(api, project);
  }

  /**
   * @param id what the path of the endpoint names
   * @throws {HTTPException} if nothing was changed, with the reason
   */
  async call(name: string, body: JsonObject, id = ''): Promise<JsonObject> {
    try {
      const response = await this.get(name)?.({ query: {}, body: omitUndefined(body) }, id);
      if (response?.status === 200) return response.body as JsonObject;
      throw unchanged('What the form is about is no longer there');
    } catch (error) {
      if (!(error instanceof InvalidFields)) throw error;
      const reasons = Object.entries(error.errors).map((each) => each.join(': '));
      throw unchanged(reasons.join('. '));
    }
  }
}

function unchanged(reason: string): HTTPException {
  return new HTTPException(400, { message: `Nothing was changed. ${reason}.` });
}
