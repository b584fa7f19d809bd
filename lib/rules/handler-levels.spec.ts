import type { Type } from '@nestjs/common';
import {
  callerRule,
  copyMethod,
  memberRule,
  methodOf,
  writeOverClass,
  writeOverMethod,
} from '../../test/support/written-rules.js';
import { flatten, levelsOf } from './handler-levels.js';
import type { HandlerLevels, Level } from './rule.js';

const levelUnder = (name: string): Level => ({ rules: [callerRule(name)], outside: [] });

const decorators = ({ rules }: Pick<Level, 'rules'>) => rules.map(({ decorator }) => decorator);

/** A level by the names of its decorators. */
const named = (level: Level) => ({
  rules: decorators(level),
  outside: level.outside.map((rules) => decorators({ rules })),
});

function levelsOfList(type: Type): Record<keyof HandlerLevels, ReturnType<typeof named>[]> {
  const levels = levelsOf(type, 'list', levelUnder('@module'));
  return {
    method: [named(levels.method)],
    overridden: levels.overridden.map(named),
    classes: levels.classes.map(named),
    global: [named(levels.global)],
  };
}

/** Under rules that open and rules that restrict, on the class and on the method. */
function reports() {
  class Reports {
    list() {}
  }
  writeOverClass(Reports, callerRule('@Reports'), callerRule('@Reports: public', 'public'));
  writeOverMethod(Reports, 'list', callerRule('@list: public', 'public'), memberRule('@list'));
  return Reports;
}

const ofModule = ['@module'];
const ofReports = ['@Reports', '@Reports: public'];

describe('The levels of a handler', () => {
  it('are its method, its class and the module, each with its outer levels', () => {
    const Reports = reports();
    expect(levelsOfList(Reports)).toEqual({
      method: [{ rules: ['@list: public', '@list'], outside: [ofReports, ofModule] }],
      overridden: [],
      classes: [{ rules: ofReports, outside: [ofModule] }],
      global: [{ rules: ofModule, outside: [] }],
    });
  });

  it('that overrides another include the restrictions of that one, but not its @Public()', () => {
    class Paid extends reports() {
      override list() {}
    }
    writeOverClass(Paid, callerRule('@Paid'));
    writeOverMethod(Paid, 'list', callerRule('@paid', 'optional'));
    expect(levelsOfList(Paid)).toEqual({
      method: [{ rules: ['@paid'], outside: [['@Paid'], ofReports, ofModule] }],
      overridden: [{ rules: ['@list'], outside: [ofReports, ofModule] }],
      classes: [
        { rules: ['@Paid'], outside: [ofReports, ofModule] },
        { rules: ofReports, outside: [ofModule] },
      ],
      global: [{ rules: ofModule, outside: [] }],
    });
  });

  it('that overrides an optional user do not include it', () => {
    class Reports {
      list() {}
    }
    class Paid extends Reports {
      override list() {}
    }
    writeOverMethod(Reports, 'list', callerRule('@optional', 'optional'), callerRule('@user'));
    expect(levelsOfList(Paid).overridden).toEqual([{ rules: ['@user'], outside: [[], ofModule] }]);
  });

  it('that is inherited begin where it is declared, and include all classes', () => {
    const Reports = reports();
    class Paid extends Reports {}
    const { method, overridden, classes } = levelsOfList(Paid);
    expect(method).toEqual([{ rules: ['@list: public', '@list'], outside: [ofReports, ofModule] }]);
    expect(overridden).toEqual([]);
    expect(classes.map(decorators as never)).toHaveLength(2);
  });

  it('that is inherited begin at the first subclass that adds rules to it', () => {
    const Reports = reports();
    class Paid extends Reports {}
    class Yearly extends Paid {}
    class Silent extends Yearly {}
    writeOverMethod(Paid, 'list', callerRule('@paid'));
    const ofPaid = levelsOfList(Silent);
    expect(ofPaid.method).toEqual([{ rules: ['@paid'], outside: [[], ofReports, ofModule] }]);
    expect(ofPaid.overridden.map(({ rules }) => rules)).toEqual([['@list']]);
    writeOverMethod(Yearly, 'list', callerRule('@yearly'));
    const ofYearly = levelsOfList(Yearly);
    expect(ofYearly.method[0]?.rules).toEqual(['@yearly']);
    expect(ofYearly.overridden.map(({ rules }) => rules)).toEqual([['@paid'], ['@list']]);
  });

  it('that a subclass copies from the class above do not include its @Public()', () => {
    const Reports = reports();
    class Paid extends Reports {}
    copyMethod(Paid, 'list', methodOf(Reports, 'list'));
    const { method, overridden } = levelsOfList(Paid);
    expect(method[0]?.rules).toEqual([]);
    expect(overridden[0]?.rules).toEqual(['@list']);
  });

  it('that the class does not have are those of its classes', () => {
    class Others {}
    writeOverClass(Others, callerRule('@Others'));
    const levels = levelsOfList(Others);
    expect(levels.method).toEqual([{ rules: [], outside: [['@Others'], ofModule] }]);
    expect(levels.classes).toEqual([{ rules: ['@Others'], outside: [ofModule] }]);
  });

  it('are listed from inner to outer', () => {
    const flat = flatten({
      classes: [levelUnder('class')],
      method: levelUnder('method'),
      overridden: [levelUnder('overridden')],
      global: levelUnder('global'),
    });
    expect(flat.flatMap(decorators)).toEqual(['method', 'overridden', 'class', 'global']);
  });
});
