import {
  RequireApiKey,
  RequireCaller,
  RequireUser,
  RequireUserOrApiKey,
  type AccessDecorator,
} from 'nestjs-propelauth';
import { RequireMcpToken } from 'nestjs-propelauth/mcp';
import { callersUnder } from '../../lib/rules/caller-rules.js';
import { readClassRules } from '../../lib/rules/rule-metadata.js';

function callersOf(decorator: AccessDecorator) {
  class Reports {}
  decorator(Reports);
  return callersUnder(readClassRules(Reports));
}

describe('@RequireCaller()', () => {
  it.each<[string, AccessDecorator, AccessDecorator]>([
    ['@RequireUser()', RequireUser(), RequireCaller('user')],
    ['@RequireApiKey()', RequireApiKey(), RequireCaller('api-key')],
    ['@RequireUserOrApiKey()', RequireUserOrApiKey(), RequireCaller('user', 'api-key')],
    ['@RequireMcpToken()', RequireMcpToken(), RequireCaller('mcp')],
  ])('accepts the same callers as its shorthand %s', (_name, shorthand, decorator) => {
    expect(callersOf(decorator)).toEqual(callersOf(shorthand));
  });

  it('accepts the same callers whatever the order of the kinds', () => {
    const [one, other] = [RequireCaller('user', 'api-key'), RequireCaller('api-key', 'user')];
    expect(JSON.stringify([...kindsOf(one)])).toBe(JSON.stringify([...kindsOf(other)]));
  });
});

/** Compared as lists, because maps are equal in any order. */
function kindsOf(decorator: AccessDecorator): Iterable<unknown> {
  const callers = callersOf(decorator);
  return callers !== undefined && 'kinds' in callers ? callers.kinds : [];
}
