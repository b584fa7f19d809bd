import { Body, Get, type Type } from '@nestjs/common';
import { newFunction } from '../../test/support/written-rules.js';
import { decorateHandler } from '../../test/support/routes.js';
import { hideCallerTypes, readCallerParameters } from './caller-parameters.js';
import { CurrentUser } from '../decorators/current-user.decorator.js';

const TYPES = 'design:paramtypes';
const PARAMETERS = '__routeArguments__';

class Account {}
class Note {}

class Accounts {
  show() {}
}

/** Makes the method a handler, with the types that a compiler knows. */
function declareShow(type: Type, types: unknown[]) {
  Reflect.defineMetadata(TYPES, types, type.prototype as object, 'show');
  decorateHandler(type, 'show', Get());
}

const typesOf = (type: Function) =>
  Reflect.getMetadata(TYPES, type.prototype as object, 'show') as unknown[];

describe('The types of parameters for the caller', () => {
  it('are hidden, and those of others are not', () => {
    class Shown extends Accounts {
      override show() {}
    }
    declareShow(Shown, [Account, Note]);
    Body()(Shown.prototype, 'show', 1);
    CurrentUser()(Shown.prototype, 'show', 0);
    expect(typesOf(Shown)).toEqual([Object, Note]);
  });

  it('are left out by a compiler that emits none', () => {
    class Untyped extends Accounts {
      override show() {}
    }
    CurrentUser()(Untyped.prototype, 'show', 0);
    hideCallerTypes(Untyped);
    expect(typesOf(Untyped)).toBeUndefined();
  });

  it('do not hide the type of a body that replaces one, where Nest 11 notes both', () => {
    class Shown extends Accounts {
      override show() {}
    }
    class Replaced extends Shown {
      override show() {}
    }
    CurrentUser()(Shown.prototype, 'show', 0);
    declareShow(Replaced, [Note]);
    Body()(Replaced.prototype, 'show', 0);
    const notes = [Shown, Replaced].map((type) => Reflect.getMetadata(PARAMETERS, type, 'show'));
    Reflect.defineMetadata(PARAMETERS, Object.assign({}, ...notes), Replaced, 'show');
    hideCallerTypes(Replaced);
    expect(typesOf(Replaced)).toEqual([Note]);
  });

  it('are hidden where the decorators came before the types, in the class and those above', () => {
    class Shown extends Accounts {
      override show() {}
    }
    class Replaced extends Shown {
      override show() {}
    }
    for (const type of [Shown, Replaced]) {
      CurrentUser()(type.prototype, 'show', 0);
      declareShow(type, [Account, Note]);
      expect(typesOf(type)).toEqual([Account, Note]);
    }
    hideCallerTypes(Replaced);
    expect([Shown, Replaced].map(typesOf)).toEqual([
      [Object, Note],
      [Object, Note],
    ]);
  });

  it('stay what they are where no parameter has a decorator', () => {
    class Plain extends Accounts {
      override show() {}
    }
    declareShow(Plain, [Account]);
    hideCallerTypes(Plain);
    expect(typesOf(Plain)).toEqual([Account]);
  });

  it('are looked for in classes alone: a class may extend null, or a function without a prototype', () => {
    class Shown extends Accounts {
      override show() {}
    }
    const withNull = Object.assign(function () {}, { prototype: null });
    Object.setPrototypeOf(Shown, Object.setPrototypeOf(withNull, newFunction()) as object);
    CurrentUser()(Shown.prototype, 'show', 0);
    declareShow(Shown, [Account]);
    hideCallerTypes(Shown);
    expect(typesOf(Shown)).toEqual([Object]);
  });
});

describe('What a handler takes of the caller', () => {
  it('is what its decorators say, inherited ones too, and no other parameters', () => {
    class Shown extends Accounts {
      override show() {}
    }
    Body()(Shown.prototype, 'show', 1);
    CurrentUser()(Shown.prototype, 'show', 0);
    expect(readCallerParameters(class extends Shown {}, 'show')).toEqual(['@CurrentUser()']);
    expect(readCallerParameters(Accounts, 'show')).toEqual([]);
  });
});
