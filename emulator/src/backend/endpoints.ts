import type { Project } from '../project/project.js';
import type { Endpoints } from './endpoint.js';
import { addApiKeyEndpoints } from './api-key-endpoints.js';
import { addMemberEndpoints } from './member-endpoints.js';
import { addOrgEndpoints } from './org-endpoints.js';
import { addSignInEndpoints } from './sign-in-endpoints.js';
import { addStepUpEndpoints } from './step-up-endpoints.js';
import { addUnsupportedEndpoints } from './unsupported-endpoints.js';
import { addUserEndpoints } from './user-endpoints.js';

const PARTS = [
  addUnsupportedEndpoints,
  addUserEndpoints,
  addOrgEndpoints,
  addMemberEndpoints,
  addApiKeyEndpoints,
  addSignInEndpoints,
  addStepUpEndpoints,
];

/** Adds what PropelAuth's backend API does with the project. */
export function addEndpoints(api: Endpoints, project: Project): void {
  for (const addPart of PARTS) addPart(api, project);
}
