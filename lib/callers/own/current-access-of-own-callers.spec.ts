import { fake } from '../../../test/support/fake.js';
import type { AccessSubject, CurrentAccess } from '../../plugins/current-access.js';
import { CurrentAccessOfOwnCallers } from './current-access-of-own-callers.js';

const ISSUED_AT = 1_000_000;
const ASKED_AT = 3_000_000;

describe('For current access, a credential of an own kind is', () => {
  it.each<[string, number | undefined, number | undefined, [issuedAt: number, expiresAt: number]]>([
    ['as old as the kind says', ISSUED_AT, 2_000_000, [1_000, 2_000]],
    ['as old as the kind says, and without end', ISSUED_AT, undefined, [1_000, Infinity]],
    ['as new as its memberships, if the kind says nothing', undefined, 4_000_000, [3_000, 3_000]],
  ])('%s', async (_what, issuedAt, validUntil, times) => {
    const asked: AccessSubject[] = [];
    const currentAccess = fake<CurrentAccess>({
      present(subject) {
        asked.push(subject);
        return { state: undefined, hasLost: (orgId) => orgId === 'left' };
      },
    });
    const memberships = { left: {} as never, acme: {} as never };
    const credential = { userId: 'alice', issuedAt, validUntil };
    const present = await new CurrentAccessOfOwnCallers(currentAccess).withoutLeftOrgs(
      credential,
      memberships,
      ASKED_AT,
    );
    expect(Object.keys(present)).toEqual(['acme']);
    const [subject] = asked;
    expect(subject!.orgIds).toEqual(['left', 'acme']);
    expect([subject!.issuedAt, subject!.expiresAt]).toEqual(times);
  });
});
