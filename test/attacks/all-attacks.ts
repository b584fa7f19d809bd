import { ALGORITHM_ATTACKS } from './algorithms.js';
import type { RequestAttack, TokenAttack } from './attack.js';
import { CLAIM_ATTACKS } from './claims.js';
import { ISSUER_ATTACKS } from './issuers.js';
import { OFFERED_KEY_ATTACKS } from './offered-keys.js';
import { ORG_ATTACKS } from './orgs.js';
import { REQUEST_ATTACKS } from './requests.js';
import { SIZE_ATTACKS } from './sizes.js';
import { TIME_ATTACKS } from './times.js';
import { TOKEN_TEXT_ATTACKS } from './token-text.js';

/** Every attack with a token, by subject. */
export const TOKEN_ATTACKS: [string, TokenAttack[]][] = [
  ['another algorithm', ALGORITHM_ATTACKS],
  ['a key or an extension that the header offers', OFFERED_KEY_ATTACKS],
  ['the text of the token', TOKEN_TEXT_ATTACKS],
  ['claims of wrong types', CLAIM_ATTACKS],
  ['an issuer that looks like ours', ISSUER_ATTACKS],
  ['times at the edges of the leeway', TIME_ATTACKS],
];

/** Every other attack, by subject. */
export const REQUEST_ATTACKS_BY_SUBJECT: [string, RequestAttack[]][] = [
  ['the organization', ORG_ATTACKS],
  ['where the token stands', REQUEST_ATTACKS],
  ['size', SIZE_ATTACKS],
];

/** The names of all attacks. */
export const ATTACK_NAMES = [...TOKEN_ATTACKS, ...REQUEST_ATTACKS_BY_SUBJECT].flatMap(
  ([, attacks]) => attacks.map(({ name }) => name),
);
