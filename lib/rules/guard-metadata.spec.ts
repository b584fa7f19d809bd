import {
  guardsOf,
  hasGuard,
  isPropelAuthGuard,
  MarkGuard,
  prependGuards,
} from './guard-metadata.js';
import { SetMetadata, UseGuards, type CanActivate } from '@nestjs/common';

@MarkGuard()
class Guard implements CanActivate {
  canActivate() {
    return false;
  }
}
class OwnGuard extends Guard {}
class OtherGuard implements CanActivate {
  canActivate() {
    return true;
  }
}

describe('PropelAuthGuard', () => {
  it.each<[string, unknown]>([
    ['its class', Guard],
    ['a class that extends it', OwnGuard],
    ['an instance', new Guard()],
    ['an instance of a class that extends it', new OwnGuard()],
  ])('is recognized by %s', (_how, guard) => {
    expect(isPropelAuthGuard(guard)).toBe(true);
  });

  it.each<[unknown]>([
    [OtherGuard],
    [new OtherGuard()],
    [undefined],
    [null],
    ['Guard'],
    [() => true],
  ])('is not %p', (other) => {
    expect(isPropelAuthGuard(other)).toBe(false);
  });

  it('is found on a class or its handlers in @UseGuards(), among others', () => {
    @UseGuards(OtherGuard, OwnGuard)
    class Guarded {}
    class Heir extends Guarded {}
    @UseGuards(OtherGuard)
    class Unguarded {}
    expect([Guarded, Heir, Unguarded, class {}].map(hasGuard)).toEqual([true, true, false, false]);
  });
});

describe('The guards of a class', () => {
  it('are those that Nest finds, from the parent if the class has none', () => {
    @UseGuards(OtherGuard)
    class Guarded {}
    class Heir extends Guarded {}
    expect(guardsOf(Heir)).toEqual([OtherGuard]);
    expect(guardsOf(class {})).toEqual([]);
  });

  it('come after a prepended guard, each once', () => {
    @UseGuards(OtherGuard, Guard)
    class Guarded {}
    prependGuards(Guarded, [Guard, OwnGuard]);
    expect(guardsOf(Guarded)).toEqual([Guard, OwnGuard, OtherGuard]);
    @SetMetadata('other', true)
    class Bare {}
    prependGuards(Bare, [Guard]);
    expect(guardsOf(Bare)).toEqual([Guard]);
  });
});
