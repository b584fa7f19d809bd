import { Body, Get, type Type } from '@nestjs/common';
import { newFunction } from '../../test/support/written-rules.js';
import { decorateHandler } from '../../test/support/routes.js';
import { hideCallerTypes, readCallerParameters } from './caller-parameters.js';
import { CurrentUser } from '../callers/user/current-user.decorator.js';

const TYPES = 'design:paramtypes';
const PARAMETERS = '__routeArguments__';

class Account {}
class Note {}

class Accounts {
  show() {}
}

/** A class that overrides the method of another. */
const overriding = (parent: Type<Accounts> = Accounts) =>
  class Shown extends parent {
    override show() {}
  };

/** Makes the method a handler, with the types that a compiler knows. */
function declareShow(type: Type, types: unknown[]) {
  Reflect.defineMetadata(TYPES, types, type.prototype as object, 'show');
  decorateHandler(type, 'show', Get());
}

const typesOf = (type: Function) =>
  Reflect.getMetadata(TYPES, type.prototype as object, 'show') as unknown[];

describe('The types of caller parameters', () => {
  it('are hidden, and other types are not', () => {
    const Shown = overriding();
    declareShow(Shown, [Account, Note]);
    Body()(Shown.prototype, 'show', 1);
    CurrentUser()(Shown.prototype, 'show', 0);
    expect(typesOf(Shown)).toEqual([Object, Note]);
  });

  it('are absent if the compiler emits none', () => {
    const Untyped = overriding();
    CurrentUser()(Untyped.prototype, 'show', 0);
    hideCallerTypes(Untyped);
    expect(typesOf(Untyped)).toBeUndefined();
  });

  it('do not hide the type of a body that replaces one, although Nest 11 records both', () => {
    const Shown = overriding();
    const Replaced = overriding(Shown);
    CurrentUser()(Shown.prototype, 'show', 0);
    declareShow(Replaced, [Note]);
    Body()(Replaced.prototype, 'show', 0);
    const notes = [Shown, Replaced].map((type) => Reflect.getMetadata(PARAMETERS, type, 'show'));
    Reflect.defineMetadata(PARAMETERS, Object.assign({}, ...notes), Replaced, 'show');
    hideCallerTypes(Replaced);
    expect(typesOf(Replaced)).toEqual([Note]);
  });

  it('are hidden if the decorators were applied before the types, in the class and its parents', () => {
    const Shown = overriding();
    const Replaced = overriding(Shown);
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

  it('are unchanged if no parameter has a decorator', () => {
    const Plain = overriding();
    declareShow(Plain, [Account]);
    hideCallerTypes(Plain);
    expect(typesOf(Plain)).toEqual([Account]);
  });

  it('are only read from classes, even if a class extends null or a function without a prototype', () => {
    const Shown = overriding();
    const withNull = Object.assign(function () {}, { prototype: null });
    Object.setPrototypeOf(Shown, Object.setPrototypeOf(withNull, newFunction()) as object);
    CurrentUser()(Shown.prototype, 'show', 0);
    declareShow(Shown, [Account]);
    hideCallerTypes(Shown);
    expect(typesOf(Shown)).toEqual([Object]);
    for (const odd of [withNull, newFunction()])
      expect(() => hideCallerTypes(odd as Type)).not.toThrow();
  });
});

describe('The caller parameters of a handler', () => {
  it('are those that its decorators declare, including inherited ones', () => {
    const Shown = overriding();
    Body()(Shown.prototype, 'show', 1);
    CurrentUser()(Shown.prototype, 'show', 0);
    const parameters = readCallerParameters(class extends Shown {}, 'show');
    expect(parameters.map(({ name }) => name)).toEqual(['@CurrentUser()']);
    expect(readCallerParameters(Accounts, 'show')).toEqual([]);
  });
});
