import { UnauthorizedException } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { initBaseAuth } from '@propelauth/node';
import { PropelAuthModule, PropelAuthService, type User } from 'nestjs-propelauth';
import { registerCleanup } from '../support/clean-up.js';
import { API_KEY } from '../support/project.js';
import { ISSUER, PROJECT_KEYS } from '../support/forge.js';

/** What one side makes of an Authorization header: the user, or nobody. */
export type Verdict =
  | { readonly accepted: true; readonly user: User }
  | { readonly accepted: false };

const settings = {
  authUrl: ISSUER,
  apiKey: API_KEY,
  manualTokenVerificationMetadata: { verifierKey: PROJECT_KEYS.publicKeyPem, issuer: ISSUER },
};

/** This package in a Nest application, and PropelAuth's own SDK for Node.js, set up for the same project. */
export class BothSides {
  readonly theirs = initBaseAuth(settings);

  private constructor(readonly ours: PropelAuthService) {}

  /** The other side knows no leeway: unless told otherwise, nor do we here. */
  static async start(options: { clockToleranceSeconds?: number } = {}): Promise<BothSides> {
    const application = await Test.createTestingModule({
      imports: [PropelAuthModule.forRoot({ clockToleranceSeconds: 0, ...settings, ...options })],
    }).compile();
    await application.init();
    registerCleanup(() => application.close());
    return new BothSides(application.get(PropelAuthService));
  }

  async askTheirs(authorization: string | undefined): Promise<Verdict> {
    try {
      const user = await this.theirs.validateAccessTokenAndGetUserClass(authorization);
      return { accepted: true, user };
    } catch {
      return { accepted: false };
    }
  }

  /** A refusal is a 401. Whatever else is thrown is an error of ours and fails the test. */
  async askOurs(authorization: string | undefined): Promise<Verdict> {
    try {
      return { accepted: true, user: await this.ours.validateAuthorizationHeader(authorization) };
    } catch (error) {
      if (error instanceof UnauthorizedException) return { accepted: false };
      throw error;
    }
  }
}
