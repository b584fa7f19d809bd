import { ISSUER, Issuer } from '../tokens/issuer.mjs';
import { membershipsOf } from './project.mjs';
import { now, sleep } from './time.mjs';

/** PropelAuth's clock, compared with that of this machine. */
const SKEW_SECONDS = 2;
/** Tokens from before the proof are up to so old. */
const MAXIMUM_AGE_SECONDS = 600;

/**
 * The access tokens of all users. A token is `{ userId, text, orgIds, accessOf }`: its organizations, and of what time the access in it is.
 * A user goes on to use old tokens beside new ones, as one does with several devices.
 */
export class Tokens {
  #issuer = new Issuer();
  #project;
  #propelAuth;
  #random;
  #byUser = new Map();

  constructor(project, propelAuth, random) {
    this.#project = project;
    this.#propelAuth = propelAuth;
    this.#random = random;
  }

  /** What an instance verifies the tokens with. */
  get verification() {
    return { verifierKey: this.#issuer.publicKeyPem, issuer: ISSUER };
  }

  of(userId) {
    return this.#byUser.get(userId);
  }

  /** Gives each user a token from before everything. */
  async issueFirst() {
    for (const userId of this.#project.userIds) {
      const age = this.#random.between(10, MAXIMUM_AGE_SECONDS);
      this.#byUser.set(userId, [await this.#issue(userId, -Infinity, age)]);
    }
  }

  /** Users get a new token soon after a change, and another one some seconds later. */
  async renewAfter({ userIds }) {
    const delays = [this.#random.between(0.1, 3), this.#random.between(9, 15)];
    await Promise.all(
      delays.flatMap((delay) =>
        userIds.map((userId) => sleep(delay).then(() => this.#renew(userId))),
      ),
    );
  }

  async #renew(userId) {
    const accessOf = now() - this.#propelAuth.nextLag();
    // Who cannot sign in gets no token.
    if (!this.#project.stateAt(userId, accessOf).isEnabled) return;
    this.of(userId).push(await this.#issue(userId, accessOf, 0));
  }

  async #issue(userId, accessOf, ageSeconds) {
    const state = this.#project.stateAt(userId, accessOf);
    const memberships = membershipsOf(state);
    const claims = {
      user_id: userId,
      email: `${userId}@example.com`,
      org_id_to_org_member_info: memberships,
    };
    const issuedAt = Date.now() / 1000 + SKEW_SECONDS - ageSeconds;
    const text = await this.#issuer.accessToken(claims, Math.floor(issuedAt));
    return { userId, text, orgIds: Object.keys(memberships), accessOf };
  }
}
