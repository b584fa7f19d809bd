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
});
