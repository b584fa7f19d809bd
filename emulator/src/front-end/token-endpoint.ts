import { Hono } from 'hono';
import { mayNameUser } from '../access/origins.js';
import type { Core } from '../core.js';
import { EmulatorError } from '../emulator.error.js';
import { accessTokenOf } from '../project/described-users.js';
import { orgsOf, type UserOrg } from '../project/memberships.js';
import { loginOf, type Project } from '../project/project.js';
import type { UserRecord } from '../project/records.js';

/** What `propelauth-emulator token` asks, for people and scripts: it takes names, and says which there are. */
export const TOKEN_PATH = '/__emulator/token';
const MAXIMUM_NAMES = 20;

export function tokenEndpoint({ project }: Core): Hono {
  const app = new Hono();
  app.get(TOKEN_PATH, async (context) => {
    if (!mayNameUser(context)) return context.json({ error: 'Only scripts may name a user.' }, 403);
    try {
      const user = findUser(project, context.req.query('user') ?? '');
      const org = context.req.query('org');
      const orgId = org === undefined ? undefined : findOrg(project, user, org).orgId;
      return context.text(await accessTokenOf(project, user, orgId));
    } catch (error) {
      if (!(error instanceof EmulatorError)) throw error;
      return context.json({ error: error.message }, 400);
    }
  });
  return app;
}

function findUser(project: Project, name: string): UserRecord {
  const users = [...project.users.values()].filter(({ username, email, user_id: userId }) =>
    [username, email, userId].some((each) => isSame(each, name)),
  );
  const [user] = users;
  if (user === undefined) {
    const enabled = [...project.users.values()].filter((each) => each.enabled);
    const known = namesOf(enabled.map(loginOf));
    throw new EmulatorError(`The user ${JSON.stringify(name)} is unknown. ${known}`);
  }
  if (users.length > 1) {
    const ids = namesOf(users.map(({ user_id: userId }) => userId));
    throw new EmulatorError(`${JSON.stringify(name)} is the name of several users. ${ids}`);
  }
  if (user.enabled) return user;
  throw new EmulatorError(`${loginOf(user)} is disabled. Enable the user on the emulator's page.`);
}

/** An organization of the user by its id, its name, or the start of its name. */
function findOrg(project: Project, user: UserRecord, name: string): UserOrg {
  const orgs = orgsOf(project, user);
  const exact = orgs.find(({ orgId, orgName }) => orgId === name || isSame(orgName, name));
  const found = orgs.filter(({ orgName }) => isSame(orgName.slice(0, name.length), name));
  const org = exact ?? found[0];
  if (org === undefined || name === '') {
    const known = orgs.length === 0 ? 'The user has none.' : namesOf(orgs.map(nameOf));
    throw new EmulatorError(
      `${loginOf(user)} is not a member of ${JSON.stringify(name)}. ${known}`,
    );
  }
  if (exact !== undefined || found.length === 1) return org;
  throw new EmulatorError(
    `${JSON.stringify(name)} is the start of several organizations. ${namesOf(found.map(nameOf))}`,
  );
}

function nameOf({ orgName }: UserOrg): string {
  return orgName;
}

function namesOf(names: readonly string[]): string {
  const others = names.length - MAXIMUM_NAMES;
  const shown = names.slice(0, MAXIMUM_NAMES).join(', ');
  return `Use one of ${shown}${others > 0 ? ` and ${others} others` : ''}.`;
}

function isSame(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}
