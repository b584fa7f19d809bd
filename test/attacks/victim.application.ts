import type { GqlModuleOptions } from '@nestjs/graphql';
import { PropelAuthModule } from 'nestjs-propelauth';
import { aliceInAcme } from '../callers/api-key/api-keys.js';
import { startApplication, type RunningApplication } from '../support/application.js';
import { Backend } from '../support/backend.js';
import { PROJECT_KEYS } from '../support/forge.js';
import { graphqlModule } from '../support/graphql.js';
import { Issuer } from '../support/issuer.js';
import { ACME, ACME_ID, alice, bob, GLOBEX, GLOBEX_ID } from '../support/project.js';
import { JUNK_ABOUT_GRANTS, JUNK_ABOUT_KEYS } from './junk-answers.js';
import { GRANTS, KEYS, WEBHOOK_SECRET } from './secrets.js';
import { TwoSourcesController, VictimController } from './victim.controller.js';
import { VictimScriptsController, WITHDRAW } from './victim-scripts.controller.js';
import { VictimResolver } from './victim.resolver.js';

const user = { user_id: alice.userId, email: alice.email };
const acme = { org_id: ACME_ID, org_name: ACME.orgName };

const KNOWN_KEYS: [string, unknown][] = [
  [KEYS.personal, { user }],
  [KEYS.admin, { user, org: acme, user_in_org: aliceInAcme }],
  [KEYS.org, { org: acme }],
  [KEYS.otherOrg, { org: { org_id: GLOBEX_ID, org_name: GLOBEX.orgName } }],
  [KEYS.formerMember, { user, org: acme, user_in_org: null }],
  [KEYS.nobody, { metadata: {} }],
  [KEYS.likeToken, { user }],
];

/** An application with every kind of rule, and PropelAuth behind it. */
export interface Victim extends RunningApplication {
  /** Makes the step-up grants anew: each is good for one time. */
  renewGrants(): void;
}

export async function startVictim(graphql: GqlModuleOptions = {}): Promise<Victim> {
  const backend = await Backend.start();
  for (const [key, body] of KNOWN_KEYS) backend.apiKeys.set(key, { status: 200, body });
  for (const { secret, answer } of JUNK_ABOUT_KEYS) backend.apiKeys.set(secret, answer);
  for (const { secret, answer } of JUNK_ABOUT_GRANTS) backend.grantAnswers.set(secret, answer);
  const propelAuth = PropelAuthModule.forRoot({
    ...new Issuer(PROJECT_KEYS).moduleOptions,
    webhooks: { secret: WEBHOOK_SECRET, receive: 'own' },
    // However busy the machine is: PropelAuth is there.
    apiTimeoutMs: 60_000,
  });
  const application = await startApplication(
    {
      imports: [propelAuth, graphqlModule({ fullWsTransport: true, ...graphql })],
      controllers: [VictimController, TwoSourcesController, VictimScriptsController],
      providers: [VictimResolver],
    },
    () => {},
    undefined,
    { rawBody: true },
  );
  return {
    ...application,
    renewGrants() {
      backend.grants.set(GRANTS.good, { userId: alice.userId, actionType: WITHDRAW });
      backend.grants.set(GRANTS.ofBob, { userId: bob.userId, actionType: WITHDRAW });
      backend.grants.set(GRANTS.forExport, { userId: alice.userId, actionType: 'EXPORT' });
    },
  };
}
