import { Injectable } from '@nestjs/common';
import {
  type AccessCall,
  type AccessRule,
  accessRule,
  fromInput,
  type ResourceCall,
  type ResourceLoader,
} from 'nestjs-propelauth';
import { ACME_ID, GLOBEX_ID } from '../../support/project.js';

type Role = 'viewer' | 'editor';

/** A portfolio of a firm, and the users whom its advisers have invited: they need not be in the firm. */
export interface Shared {
  readonly id: string;
  readonly firmId: string;
  readonly invited: ReadonlyMap<string, Role>;
}

const SHARED: readonly Shared[] = [
  {
    id: 'bonds',
    firmId: ACME_ID,
    invited: new Map([
      ['user-erin', 'viewer'],
      ['user-frank', 'editor'],
    ]),
  },
  { id: 'gold', firmId: GLOBEX_ID, invited: new Map([['user-bob', 'viewer']]) },
];

@Injectable()
export class SharedLoader implements ResourceLoader<Shared> {
  readonly name: string = 'shared-portfolio';
  readonly id = fromInput('portfolioId');

  load(_call: ResourceCall, id: string) {
    return SHARED.find((row) => row.id === id);
  }
}

/** For the source of the organization: guests call without one, for whom a loader with orgId() has no rows. */
@Injectable()
export class FirmLoader extends SharedLoader {
  override readonly name = 'firm';

  orgId({ firmId }: Shared) {
    return firmId;
  }
}

@Injectable()
export class InvitationRule implements AccessRule<[Role], 'userId'> {
  readonly name = 'invitation';
  readonly requires = ['userId'] as const;

  describe(role: Role) {
    return `invited as ${role}`;
  }

  async authorize(call: AccessCall<'userId'>, role: Role) {
    const given = (await call.load(SharedLoader))?.invited.get(call.userId);
    return given === 'editor' || given === role;
  }
}

export const RequireInvitation = accessRule(InvitationRule);
