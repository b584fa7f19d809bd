import { forge } from '../support/forge.js';
import { bob, carol, dave, membershipIn } from '../support/claims.js';
import { ACME, ACME_ID, GLOBEX_ID } from '../support/project.js';
import {
  bearer,
  claimsWith,
  requestText,
  VALID_TOKEN,
  type Rejection,
  type RequestAttack,
} from './attack.js';

/** Ids that are no organization's: names that every object has, and texts that only begin or end as one does. */
const HOSTILE_IDS = [
  ...Object.getOwnPropertyNames(Object.prototype),
  'prototype',
  'undefined',
  'null',
  '0',
  '*',
  '[object Object]',
  GLOBEX_ID,
  ACME_ID.toUpperCase(),
  ` ${ACME_ID}`,
  `${ACME_ID} `,
  `${ACME_ID}\u0000`,
  `${ACME_ID},${GLOBEX_ID}`,
  `${GLOBEX_ID}/../${ACME_ID}`,
];

/** Queries that name the organization, but not as one plain text. */
const QUERIES = [
  '',
  '?orgId',
  '?orgId=',
  `?orgId=${ACME_ID}&orgId=${ACME_ID}`,
  `?orgId=${ACME_ID}&orgId=${GLOBEX_ID}`,
  `?orgId=${GLOBEX_ID}&orgId=${ACME_ID}`,
  `?orgId=${ACME_ID}&orgId=`,
  `?orgId[]=${ACME_ID}`,
  `?orgId[0]=${ACME_ID}`,
  `?orgId[toString]=${ACME_ID}`,
  `?__proto__[orgId]=${ACME_ID}`,
  `?__proto__.orgId=${ACME_ID}`,
  `?constructor[prototype][orgId]=${ACME_ID}`,
  `?ORGID=${ACME_ID}`,
  `?a=b;orgId=${ACME_ID}`,
  `?a=b%26orgId=${ACME_ID}`,
  `?orgId=${encodeURIComponent(ACME_ID.replace('-', '%2D'))}`,
];

const BODIES = [
  '{}',
  'null',
  '[]',
  '{"orgId":null}',
  '{"orgId":1}',
  `{"orgId":["${ACME_ID}"]}`,
  `{"orgId":{"orgId":"${ACME_ID}"}}`,
  `{"orgId":{"toString":"${ACME_ID}"}}`,
  `{"__proto__":{"orgId":"${ACME_ID}"}}`,
  `{"constructor":{"prototype":{"orgId":"${ACME_ID}"}}}`,
  `{"ORGID":"${ACME_ID}"}`,
  `[{"orgId":"${ACME_ID}"}]`,
  `{"orgId":"${ACME_ID}","orgId":"${GLOBEX_ID}"}`,
  `"${ACME_ID}"`,
];

/** Headers that name the organization more than once. */
const HEADERS: string[][] = [
  [],
  ['X-Org-Id:'],
  [`X-Org-Id: ${ACME_ID}`, `X-Org-Id: ${ACME_ID}`],
  [`X-Org-Id: ${ACME_ID}`, `x-org-id: ${GLOBEX_ID}`],
  [`X-Org-Id: ${GLOBEX_ID}`, `X-ORG-ID: ${ACME_ID}`],
  [`X-Org-Id: ${ACME_ID}, ${GLOBEX_ID}`],
  [`X_Org_Id: ${ACME_ID}`],
  [`Org-Id: ${ACME_ID}`],
];

/** Addresses and headers that name one organization where the class looks, and another or none where the handler does. */
const TWO_SOURCES: [string, string[]][] = [
  [`/two/${ACME_ID}/header`, []],
  [`/two/${ACME_ID}/header`, [`X-Org-Id: ${GLOBEX_ID}`]],
  [`/two/${GLOBEX_ID}/header`, [`X-Org-Id: ${ACME_ID}`]],
  [`/two/${ACME_ID}/header`, [`X-Org-Id: ${ACME_ID}`, `X-Org-Id: ${GLOBEX_ID}`]],
  [`/two/${ACME_ID}/header`, ['X-Org-Id: __proto__']],
  [`/two/__proto__/header`, [`X-Org-Id: ${ACME_ID}`]],
  [`/two/${ACME_ID}/query`, []],
  [`/two/${ACME_ID}/query?orgId=${GLOBEX_ID}`, []],
  [`/two/${GLOBEX_ID}/query?orgId=${ACME_ID}`, []],
  [`/two/${ACME_ID}/query?orgId=${ACME_ID}&orgId=${GLOBEX_ID}`, []],
  [`/two/${ACME_ID}/query`, [`X-Org-Id: ${ACME_ID}`]],
];

/** People who are in the organization, but not as the route /owners asks for; or not at all. */
const OTHER_PEOPLE: [string, Record<string, unknown>][] = [
  ['an Admin', bob],
  ['a Member', carol],
  ['a user who is not a member', dave],
  ['an Owner of another organization', { ...dave, ...ownerOf(GLOBEX_ID) }],
  ['a user whose membership is null', { ...dave, org_id_to_org_member_info: { [ACME_ID]: null } }],
  ['a user without a role', { ...dave, ...ownerOf(ACME_ID, { user_role: null }) }],
  ['an owner in lower case', { ...dave, ...roleOf('owner') }],
  ['an Owner with a space', { ...dave, ...roleOf('Owner ') }],
  ['a role that begins with Owner', { ...dave, ...roleOf('OwnerOfNothing') }],
  ['a role named like a property that objects inherit', { ...dave, ...roleOf('constructor') }],
  ['an Owner whose active organization is another', { ...dave, ...activeElsewhere() }],
];

export const ORG_ATTACKS: RequestAttack[] = [
  ...HOSTILE_IDS.flatMap((id) => [
    attack(
      `the org id ${JSON.stringify(id)} in the path`,
      [`GET /orgs/${encodeURIComponent(id)}`],
      [403, 404, 400],
    ),
    attack(
      `the org name ${JSON.stringify(id)} in the path`,
      [`GET /names/${encodeURIComponent(id)}`],
      [403, 404, 400],
    ),
    attack(`the org id ${JSON.stringify(id)} in the query`, [
      `GET /query?orgId=${encodeURIComponent(id)}`,
    ]),
    attack(
      `the org id ${JSON.stringify(id)} in the body`,
      jsonRequest(JSON.stringify({ orgId: id })),
    ),
  ]),
  ...QUERIES.map((query) => attack(`the query "${query}"`, [`GET /query${query}`])),
  // Parsers reject some of these themselves.
  ...BODIES.map((body) => attack(`the body ${body}`, jsonRequest(body), [403, 400])),
  ...HEADERS.map((headers) =>
    attack(`the headers ${JSON.stringify(headers)}`, ['GET /header', headers]),
  ),
  ...TWO_SOURCES.map(([path, headers]) => ({
    ...attack(`two sources, and ${path} with ${JSON.stringify(headers)}`, [`GET ${path}`, headers]),
    control: () => requestText(`GET /two/${ACME_ID}/query?orgId=${ACME_ID}`, [bearer(VALID_TOKEN)]),
  })),
  ...OTHER_PEOPLE.map(([who, claims]) => ({
    name: `${who}, where Owners are let in`,
    request: () => requestText(`GET /owners/${ACME_ID}`, [bearer(forge(claimsWith(claims)))]),
    answers: [403] as const,
  })),
];

/** A request of alice’s, who is an Owner of Acme. */
function attack(
  name: string,
  [startLine, headers = [], body]: [string, string[]?, string?],
  answers: readonly Rejection[] = [403],
): RequestAttack {
  const request = () => requestText(startLine, [bearer(VALID_TOKEN), ...headers], body);
  return { name, request, answers };
}

function jsonRequest(body: string): [string, string[], string] {
  return ['POST /body', ['Content-Type: application/json'], body];
}

function ownerOf(orgId: string, changes: Record<string, unknown> = {}) {
  const membership = membershipIn({ ...ACME, orgId }, 'Owner', changes);
  return { org_id_to_org_member_info: { [orgId]: membership } };
}

function roleOf(role: string) {
  return ownerOf(ACME_ID, {
    user_role: role,
    inherited_user_roles_plus_current_role: [role, 'Admin', 'Member'],
  });
}

function activeElsewhere() {
  return {
    ...ownerOf(ACME_ID),
    org_member_info: membershipIn({ orgId: GLOBEX_ID, orgName: 'G' }, 'Owner'),
  };
}
