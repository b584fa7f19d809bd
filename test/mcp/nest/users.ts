import { issuer } from '../../support/guarded-application.js';
import * as project from '../../support/project.js';
import type { KnownUser } from '../../support/project.js';

/** The users of the project, with ids as PropelAuth gives them: it is not asked about others. */
export const [alice, bob, carol, dave, erin] = [
  project.alice,
  project.bob,
  project.carol,
  project.dave,
  project.userIn('erin', { ...project.ACME, role: 'Admin' }),
].map(withPlausibleId) as [KnownUser, KnownUser, KnownUser, KnownUser, KnownUser];

function withPlausibleId(user: KnownUser): KnownUser {
  return { ...user, userId: issuer.userId({ ...user, userId: undefined }) };
}
