import { callerRule, memberRule } from '../../test/support/written-rules.js';
import type { AccessRule, ApiKeyKind, CallerMode } from './access-rule.js';
import { callerWordsOf, impliedMode, modeOf, modeOfWords } from './caller-rules.js';
import type { HandlerLevels, Level } from './handler-levels.js';

const level = (...rules: AccessRule[]): Level => ({ rules, outside: [] });

const handlerWith = (parts: Partial<HandlerLevels>): HandlerLevels => ({
  method: level(),
  copied: [],
  overridden: [],
  classes: [],
  copiedClasses: [],
  ...parts,
});

const method = callerRule('@method');
const copied = callerRule('@copied');
const overridden = callerRule('@overridden');
const ofClass = callerRule('@class');
const ofCopiedClass = callerRule('@copied class');
const member = memberRule('@member');

function key(apiKeyKind?: ApiKeyKind): AccessRule & { kind: 'caller' } {
  return { kind: 'caller', mode: 'api-key', apiKeyKind, decorator: '@key' };
}

describe('The caller rules of a handler', () => {
  const everything = {
    method: level(method),
    overridden: [level(overridden)],
    classes: [level(ofClass)],
    copied: [level(), level(copied)],
    copiedClasses: [level(ofCopiedClass)],
  };

  it('are those of the nearest level, and of the copied method', () => {
    expect(callerWordsOf(handlerWith(everything))).toEqual({ own: [method], copied: [copied] });
    expect(callerWordsOf(handlerWith({ ...everything, method: level(member) }))).toEqual({
      own: [overridden],
      copied: [copied],
    });
    expect(
      callerWordsOf(handlerWith({ ...everything, method: level(), overridden: [] })).own,
    ).toEqual([ofClass]);
  });

  it('are those of the copied class if no other level has any', () => {
    const { copiedClasses } = everything;
    expect(callerWordsOf(handlerWith({ copiedClasses })).copied).toEqual([ofCopiedClass]);
    expect(callerWordsOf(handlerWith({ copiedClasses, copied: [level(copied)] })).copied).toEqual([
      copied,
    ]);
    expect(callerWordsOf(handlerWith({ copiedClasses, classes: [level(ofClass)] })).copied).toEqual(
      [],
    );
  });

  it('are implied by other rules if no level has caller rules', () => {
    expect(
      callerWordsOf(
        handlerWith({ method: level(member), classes: [level(member)], copied: [level(copied)] }),
      ),
    ).toEqual({ own: [member, member], copied: [copied] });
    expect(callerWordsOf(handlerWith({ method: level(method, member) })).own).toEqual([method]);
    expect(callerWordsOf(handlerWith({}))).toEqual({ own: [], copied: [] });
  });
});

describe('The caller mode of combined rules', () => {
  const read: AccessRule = { kind: 'scope', scopes: ['read'], decorator: '@scope' };
  const optional = callerRule('@optional', 'optional');

  it.each<[CallerMode, AccessRule[], (AccessRule & { kind: 'caller' })[]]>([
    ['user', [], []],
    ['user', [member], []],
    ['mcp', [read], []],
    ['optional', [optional], []],
    ['optional', [], [optional] as never],
    ['user', [optional], [method] as never],
    ['user', [member], [optional] as never],
    ['nobody', [method], [key()]],
    ['nobody', [member], [key()]],
    ['api-key', [key()], [key()]],
    ['api-key', [key('org')], [key('org')]],
    ['api-key', [key('org')], [key()]],
    ['nobody', [key('org')], [key('personal')]],
    ['nobody', [key('org'), key('personal')], []],
    ['nobody', [], [key('org'), key('personal')]],
  ])('is %s for own rules %j and copied rules %j', (mode, own, ofCopy) => {
    expect(modeOfWords({ own, copied: ofCopy })).toBe(mode);
  });

  it('is an MCP client for scope rules, a user for others, and undefined without rules', () => {
    expect(impliedMode([])).toBeUndefined();
    expect(impliedMode([member])).toBe('user');
    expect(impliedMode([member, read])).toBe('mcp');
  });

  it('of one level is that of its caller rules', () => {
    expect(modeOf([])).toBeUndefined();
    expect(modeOf([member])).toBeUndefined();
    expect(modeOf([member, optional])).toBe('optional');
    expect(modeOf([optional, method])).toBe('user');
  });
});
