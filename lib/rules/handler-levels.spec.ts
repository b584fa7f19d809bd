import type { Type } from '@nestjs/common';
import {
  callerRule,
  copyMethod,
  memberRule,
  methodOf,
  wrap,
  writeOverClass,
  writeOverMethod,
} from '../../test/support/written-rules.js';
import { markMethods, markOrigins } from './declared-method.js';
import { flatten, levelsOf, type HandlerLevels, type Level } from './handler-levels.js';

const levelUnder = (name: string): Level => ({ rules: [callerRule(name)], outside: [] });

const decorators = ({ rules }: Pick<Level, 'rules'>) => rules.map(({ decorator }) => decorator);

/** A level by the names of its decorators. */
const named = (level: Level) => ({
  rules: decorators(level),
  outside: level.outside.map((rules) => decorators({ rules })),
});

function levelsOfList(
  type: Type,
  owner = type,
  handler = methodOf(owner, 'list'),
): Record<keyof HandlerLevels, ReturnType<typeof named>[]> {
  const levels = levelsOf(type, { owner, name: 'list' }, handler);
  return {
    method: [named(levels.method)],
    copied: levels.copied.map(named),
    overridden: levels.overridden.map(named),
    classes: levels.classes.map(named),
    copiedClasses: levels.copiedClasses.map(named),
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

const ofReports = ['@Reports', '@Reports: public'];

describe('The levels of a handler', () => {
  it('are its method and its class, each with its outer levels', () => {
    const Reports = reports();
    expect(levelsOfList(Reports)).toEqual({
      method: [{ rules: ['@list: public', '@list'], outside: [ofReports] }],
      copied: [],
      overridden: [],
      classes: [{ rules: ofReports, outside: [] }],
      copiedClasses: [],
    });
  });

  it('that overrides another include the restrictions of that one, but not its @Public()', () => {
    class Paid extends reports() {
      override list() {}
    }
    writeOverClass(Paid, callerRule('@Paid'));
    writeOverMethod(Paid, 'list', callerRule('@paid', 'optional'));
    expect(levelsOfList(Paid)).toEqual({
      method: [{ rules: ['@paid'], outside: [['@Paid'], ofReports] }],
      copied: [],
      overridden: [{ rules: ['@list'], outside: [ofReports] }],
      classes: [
        { rules: ['@Paid'], outside: [ofReports] },
        { rules: ofReports, outside: [] },
      ],
      copiedClasses: [],
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
    expect(levelsOfList(Paid).overridden).toEqual([{ rules: ['@user'], outside: [[]] }]);
  });

  it('that is inherited begin where it is declared, and include all classes', () => {
    const Reports = reports();
    class Paid extends Reports {}
    const { method, overridden, classes } = levelsOfList(Paid, Reports);
    expect(method).toEqual([{ rules: ['@list: public', '@list'], outside: [ofReports] }]);
    expect(overridden).toEqual([]);
    expect(classes.map(decorators as never)).toHaveLength(2);
  });

  it('that is inherited begin at the first subclass that adds rules to it', () => {
    const Reports = reports();
    class Paid extends Reports {}
    class Yearly extends Paid {}
    class Silent extends Yearly {}
    writeOverMethod(Paid, 'list', callerRule('@paid'));
    const ofPaid = levelsOfList(Silent, Reports);
    expect(ofPaid.method).toEqual([{ rules: ['@paid'], outside: [[], ofReports] }]);
    expect(ofPaid.overridden.map(({ rules }) => rules)).toEqual([['@list']]);
    writeOverMethod(Yearly, 'list', callerRule('@yearly'));
    const ofYearly = levelsOfList(Yearly, Reports);
    expect(ofYearly.method[0]?.rules).toEqual(['@yearly']);
    expect(ofYearly.overridden.map(({ rules }) => rules)).toEqual([['@paid'], ['@list']]);
  });

  it('that is called although it is overridden begin at its own class', () => {
    const Reports = reports();
    class Paid extends Reports {
      override list() {}
    }
    class Yearly extends Paid {}
    writeOverMethod(Yearly, 'list', callerRule('@yearly'));
    expect(levelsOfList(Yearly, Reports).method[0]?.rules).toEqual(['@list: public', '@list']);
  });

  it('that the class does not have are those of its classes', () => {
    class Others {}
    writeOverClass(Others, callerRule('@Others'));
    const levels = levelsOfList(Others, reports(), () => {});
    expect(levels.method).toEqual([{ rules: [], outside: [['@Others']] }]);
    expect(levels.classes).toEqual([{ rules: ['@Others'], outside: [] }]);
  });

  it('are listed from inner to outer', () => {
    const flat = flatten({
      classes: [levelUnder('class')],
      copiedClasses: [levelUnder('class of the copied')],
      copied: [levelUnder('copied')],
      method: levelUnder('method'),
      overridden: [levelUnder('overridden')],
    });
    expect(flat.flatMap(decorators)).toEqual([
      'method',
      'copied',
      'overridden',
      'class',
      'class of the copied',
    ]);
  });
});

describe('The rules on a function that a class has under two names', () => {
  it('apply to both names', () => {
    class Reports {
      list() {}
    }
    copyMethod(Reports, 'all', methodOf(Reports, 'list'));
    writeOverMethod(Reports, 'list', callerRule('@list'));
    writeOverMethod(Reports, 'all', memberRule('@all'));
    expect(levelsOfList(Reports).method[0]?.rules).toEqual(['@list', '@all']);
    class Paid extends Reports {
      override list() {}
    }
    expect(levelsOfList(Paid).overridden[0]?.rules).toEqual(['@list', '@all']);
  });

  it('apply to a wrapper that carries them, and to the wrapped function', () => {
    class Reports {
      list() {}
    }
    copyMethod(Reports, 'all', methodOf(Reports, 'list'));
    writeOverMethod(Reports, 'all', callerRule('@all'));
    expect(levelsOfList(Reports, Reports, () => {}).method[0]?.rules).toEqual(['@all']);
    const wrapper = wrap(methodOf(Reports, 'list'));
    copyMethod(Reports, 'list', () => {});
    expect(levelsOfList(Reports, Reports, wrapper).method[0]?.rules).toEqual(['@all']);
  });

  it('do not open a subclass that copies the function', () => {
    const Reports = reports();
    class Paid extends Reports {}
    copyMethod(Paid, 'list', methodOf(Reports, 'list'));
    const { method, overridden, copied } = levelsOfList(Paid);
    expect(method[0]?.rules).toEqual([]);
    expect(overridden[0]?.rules).toEqual(['@list']);
    expect(copied).toEqual([]);
  });
});

function copyOf(method: Function): Type {
  class Copies {}
  copyMethod(Copies, 'list', method);
  return Copies;
}

describe('A copy of a method of another class', () => {
  it('has the restrictions of the method, with its class as the outer level, but not its @Public()', () => {
    const levels = levelsOfList(copyOf(methodOf(reports(), 'list')));
    expect(levels.method[0]?.rules).toEqual([]);
    expect(levels.copied).toEqual([{ rules: ['@list'], outside: [ofReports] }]);
    expect(levels.copiedClasses).toEqual([]);
  });

  it.each([
    ['written there', markOrigins],
    ['declared there', markMethods],
    [
      'both',
      (type: Type) => {
        markOrigins(type);
        markMethods(type);
      },
    ],
  ])('has the restrictions of the class and its parents if it is known to be %s', (_, mark) => {
    class Paid extends reports() {
      override list() {}
    }
    writeOverClass(Paid, callerRule('@Paid'), callerRule('@Paid: optional', 'optional'));
    writeOverMethod(Paid, 'list', callerRule('@paid'));
    mark(Paid);
    const { copied, copiedClasses } = levelsOfList(copyOf(methodOf(Paid, 'list')));
    const ofPaid = ['@Paid', '@Paid: optional'];
    expect(copied).toEqual([
      { rules: ['@paid'], outside: [ofPaid, ofReports] },
      { rules: ['@list'], outside: [ofReports] },
    ]);
    expect(copiedClasses).toEqual([
      { rules: ['@Paid'], outside: [ofReports] },
      { rules: ['@Reports'], outside: [] },
    ]);
  });

  it('has the rules of its name there', () => {
    class Paid extends reports() {
      override list() {}
    }
    markOrigins(Paid);
    class Copies {}
    copyMethod(Copies, 'all', methodOf(Paid, 'list'));
    const method = { owner: Copies, name: 'all' };
    const { copied } = levelsOf(Copies, method, methodOf(Copies, 'all'));
    expect(copied.flatMap(decorators)).toEqual(['@list']);
  });

  it('has the rules of each class that contains it, each class once', () => {
    const Reports = reports();
    class Others {}
    copyMethod(Others, 'list', methodOf(Reports, 'list'));
    writeOverMethod(Others, 'list', callerRule('@others'), memberRule('@others, too'));
    const { copied } = levelsOfList(copyOf(methodOf(Reports, 'list')));
    expect(copied.map(({ rules }) => rules)).toEqual([['@list'], ['@others', '@others, too']]);
  });

  it('passes its rules on to methods that override it', () => {
    class Paid extends copyOf(methodOf(reports(), 'list')) {
      list() {}
    }
    expect(levelsOfList(Paid).copied.map(({ rules }) => rules)).toEqual([['@list']]);
  });

  it('keeps its rules if a function without rules replaces it in the class', () => {
    const wrapper = wrap(methodOf(reports(), 'list'));
    const Copies = copyOf(() => {});
    expect(levelsOfList(Copies, Copies, wrapper).copied.map(({ rules }) => rules)).toEqual([
      ['@list'],
    ]);
  });
});
