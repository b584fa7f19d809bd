import { Controller, Module } from '@nestjs/common';
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

  it.each<[what: string, options: object, message: string]>([
    [
      'a decorator of another library',
      { globalRules: [Controller()] },
      'globalRules[0] is not the result of a decorator of this package, such as RequireUser(). Results of applyDecorators() do not count; ' +
        'if it is undefined, its file and this one import each other.',
    ],
    [
      'a path without a slash',
      { requireUserByDefault: true, except: ['docs/'] },
      'except[0] is neither a class nor a path that begins with a slash. List module, controller, resolver and gateway classes; a package ' +
        'cannot be listed by its name, because a class does not tell its package.',
    ],
    [
      'neither a class nor a path',
      { requireUserByDefault: true, except: [['/docs']] },
      'except[0] is neither a class nor a path that begins with a slash.',
    ],
  ])('rejects %s', (_what, options, message) => {
    expect(() => globalLevelOf(options)).toThrow(message);
  });
});
