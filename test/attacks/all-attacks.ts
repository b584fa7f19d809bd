import { ALGORITHM_ATTACKS } from './algorithms.js';
import { API_KEY_ATTACKS } from './api-keys.js';
import type { RequestAttack, TokenAttack } from './attack.js';
import { CLAIM_ATTACKS } from './claims.js';
import { CONNECTION_ATTACKS } from './connection-params.js';
import { FEDERATION_ATTACKS } from './federation.js';
import { GRAPHQL_ATTACKS } from './graphql.js';
import { IMPERSONATION_ATTACKS } from './impersonation.js';
import { ISSUER_ATTACKS } from './issuers.js';
import { RPC_ATTACKS, SOCKET_IO_ATTACKS, WS_ATTACKS } from './messages.js';
import { OFFERED_KEY_ATTACKS } from './offered-keys.js';
import { ORG_ATTACKS } from './orgs.js';
import { PARSER_ATTACKS } from './parser.js';
import { REQUEST_ATTACKS } from './requests.js';
import { SIZE_ATTACKS } from './sizes.js';
import { STEP_UP_ATTACKS } from './step-up.js';
import { TIME_ATTACKS } from './times.js';
import { TOKEN_TEXT_ATTACKS } from './token-text.js';
import { WEBHOOK_ATTACKS } from './webhooks.js';

/** Every attack with a token, by subject. */
export const TOKEN_ATTACKS: [string, TokenAttack[]][] = [
  ['another algorithm', ALGORITHM_ATTACKS],
  ['a key or an extension that the header offers', OFFERED_KEY_ATTACKS],
  ['the encoding of the token', TOKEN_TEXT_ATTACKS],
  ['claims of wrong types', CLAIM_ATTACKS],
  ['an issuer that looks like ours', ISSUER_ATTACKS],
  ['times at the edges of the leeway', TIME_ATTACKS],
];

/** Every other attack, by subject. */
export const REQUEST_ATTACKS_BY_SUBJECT: [string, RequestAttack[]][] = [
  ['the organization', ORG_ATTACKS],
  ['the place of the token', REQUEST_ATTACKS],
  ['size', SIZE_ATTACKS],
  ['what parsers disagree about', PARSER_ATTACKS],
  ['API keys', API_KEY_ATTACKS],
  ['step-up grants', STEP_UP_ATTACKS],
  ['impersonation', IMPERSONATION_ATTACKS],
  ['webhooks', WEBHOOK_ATTACKS],
  ['GraphQL over HTTP', GRAPHQL_ATTACKS],
];

/** The names of all attacks; those on connections and messages have suites of their own. */
export const ATTACK_NAMES = [
  ...[...TOKEN_ATTACKS, ...REQUEST_ATTACKS_BY_SUBJECT].flatMap<{ name: string }>(
    ([, attacks]) => attacks,
  ),
  ...FEDERATION_ATTACKS,
  ...CONNECTION_ATTACKS,
  ...SOCKET_IO_ATTACKS,
  ...WS_ATTACKS,
  ...RPC_ATTACKS,
].map(({ name }) => name);
