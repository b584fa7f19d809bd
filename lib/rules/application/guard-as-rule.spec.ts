import { HttpException } from '@nestjs/common';
import type { AccessCall } from '../../options/access-rule.interface.js';
import { GuardDenial, ruleOfGuard } from './guard-as-rule.js';

const CALL = { context: {} } as AccessCall;

describe('A guard as a rule', () => {
  it.each([
    ['ShareLinkGuard', 'share-link'],
    ['Guard', 'guard'],
    ['GuardOfLinks', 'guard-of-links'],
    ['MyGuardedGuard', 'my-guarded'],
    ['IPGuard', 'ip'],
    ['HTTPHeaderGuard', 'http-header'],
    ['OAuth2LinkGuard', 'o-auth2-link'],
  ])('%s is called %s', (className, name) => {
    expect(ruleOfGuard({ canActivate: () => true }, className).name).toBe(name);
  });

  it.each([
    [499, true],
    [500, false],
  ])('denies calls by exceptions below 500: %i is a denial: %s', async (status, isDenial) => {
    const exception = new HttpException('No', status);
    const rule = ruleOfGuard({ canActivate: () => Promise.reject(exception) }, 'OddGuard');
    const [outcome] = await Promise.allSettled([rule.authorize(CALL)]);
    expect(outcome).toEqual(
      isDenial
        ? { status: 'fulfilled', value: new GuardDenial(exception) }
        : { status: 'rejected', reason: exception },
    );
  });

  it('cannot be asked by code, which has no context', () => {
    const rule = ruleOfGuard({ canActivate: () => true }, 'OddGuard');
    expect(() => rule.authorize({ ...CALL, context: null })).toThrow(
      'OddGuard is a guard, which needs a handler: code cannot ask it.',
    );
  });
});
