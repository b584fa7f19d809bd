import { Module } from '@nestjs/common';
import { RequireUser } from '../callers/user/require-user.decorator.js';
import { USER } from '../rules/callers.js';
import { globalLevelOf } from './global-level-of.js';

@Module({})
class HealthModule {}

describe('The global level', () => {
  it('is empty by default', () => {
    expect(globalLevelOf()).toEqual({ rules: [], except: [], paths: [] });
    expect(globalLevelOf({ requireUserByDefault: false, globalRules: [], except: [] })).toEqual(
      globalLevelOf(),
    );
  });

  it('names users under requireUserByDefault, and parts classes from paths', () => {
    const except = ['/docs', HealthModule];
    expect(globalLevelOf({ requireUserByDefault: true, except })).toEqual({
      rules: [{ callers: USER, decorator: 'requireUserByDefault' }],
      except: [HealthModule],
      paths: ['/docs'],
    });
  });

  it('has the rules of decorators, with the place where they are written', () => {
    expect(globalLevelOf({ globalRules: [RequireUser()] }).rules).toEqual([
      { callers: USER, decorator: '@RequireUser() of globalRules', tokenSource: undefined },
    ]);
  });

  it.each<[string, object, RegExp]>([
    [
      'a package name',
      { except: ['@vendure/core'] },
      /^except\[0\] is neither a class nor a path that begins with a slash\. List module, controller, resolver and gateway classes; a package cannot be listed by its name, because a class does not tell its package\.$/,
    ],
    ['a path without its slash', { except: ['docs/'] }, /^except\[0\] is neither/],
    ['a list in the list', { except: [['/docs']] }, /^except\[0\] is neither/],
    ['a dynamic module', { except: [{ module: HealthModule }] }, /^except\[0\]/],
    ['undefined in the list', { except: [undefined] }, /^except\[0\]/],
    ['something else than a list', { except: HealthModule }, /^except is not a list/],
    [
      'exceptions from nothing',
      { requireUserByDefault: false, except: [HealthModule] },
      /^except lists what global rules do not apply to, and there are none/,
    ],
    [
      'the list inside of requireUserByDefault',
      { requireUserByDefault: { except: [] } },
      /^requireUserByDefault is not a boolean/,
    ],
  ])('cannot be made of %s', (_what, wrong, message) => {
    expect(() => globalLevelOf({ requireUserByDefault: true, ...wrong })).toThrow(message);
  });
});
