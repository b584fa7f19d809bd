import type { RouteDescription } from '../audit/describe-access.js';
import { accessInWords } from './access-in-words.js';

const ROUTE: RouteDescription = {
  method: 'GET',
  path: '/',
  controller: 'Controller',
  handler: 'handler',
  access: 'user',
  deniesImpersonation: false,
  orgRules: [],
  orgSources: [],
  stepUpActions: [],
};

describe('accessInWords()', () => {
  it('names who may call a route', () => {
    expect(accessInWords(ROUTE)).toBe('user');
  });

  it.each([
    [{ curfew: { from: 22 } }, 'user, curfew {"from":22}'],
    [{ countries: ['de'] }, 'user, countries ["de"]'],
    [{ countries: [], curfew: undefined, isStrict: false }, 'user'],
  ])('leaves no rule out, not even one that it does not know: %j', (unknown, words) => {
    expect(accessInWords({ ...ROUTE, ...unknown })).toBe(words);
  });

  it('shows an organization rule that it does not know as it is', () => {
    const orgRules = [{ kind: 'seat', number: 3 }] as never;
    expect(accessInWords({ ...ROUTE, orgRules, orgSources: ['path orgId'] })).toBe(
      '{"kind":"seat","number":3} of the org in path orgId',
    );
  });
});
