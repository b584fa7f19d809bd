import { hash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CallerKind } from 'nestjs-propelauth';

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');

/** One token for the scripts that run the installation, in a header of its own. */
@Injectable()
export class InfraTokens implements CallerKind<{ label: string }> {
  readonly name = 'infra-token';
  readonly credential = [{ header: 'x-infra-token' }];
  readonly challenge = 'InfraToken';

  identify(text: string): { label: string } | undefined {
    const { INFRA_TOKEN: expected } = process.env;
    const isValid = expected && timingSafeEqual(digest(text), digest(expected));
    return isValid ? { label: 'installation' } : undefined;
  }

  key({ label }: { label: string }): string {
    return label;
  }
}
