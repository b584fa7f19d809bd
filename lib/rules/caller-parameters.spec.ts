import { Body, Get, type Type } from '@nestjs/common';
import { decorateHandler } from '../../test/support/routes.js';
import { hideCallerTypes } from './caller-parameters.js';
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
});
