import { inspect } from 'node:util';
import { Controller, Get, Post, type Type } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import { DenyImpersonation, Public, RequireOrgMember, RequireUser } from 'nestjs-propelauth';
import { classChain } from '../../../lib/rules/declared-method.js';
import { OtherGuard } from '../../support/planted-faults/replacements.js';
import { withoutDecorator } from '../../support/removed-rules/without-decorator.js';
import {
  decoratorsIn,
  ownMethods,
  type WrittenDecorator,
} from '../../support/removed-rules/written-decorators.js';

/** Nothing, for a class that was never given a decorator. */
const nothing: ClassDecorator & MethodDecorator = () => {};

type Access = ClassDecorator & MethodDecorator;

/** A class, with or without the decorator that is removed. */
type Make = (access: Access) => Type;

const besideOthers: Make = (access) => {
  @Controller()
  @RequireUser()
  class Reports {
    @Get()
    @access
    list() {}

    @Post()
    @DenyImpersonation()
    create() {}
  }
  return Reports;
};

const asTheOnlyOne: Make = (access) => {
  @Controller()
  class Reports {
    @Get()
    @OtherGuard()
    @ApiSecurity('other')
    @access
    list() {}

    @Post()
    create() {}
  }
  return Reports;
};

const overAClass: Make = (access) => {
  @Controller()
  @OtherGuard()
  @access
  class Reports {
    @Get()
    @Public()
    list() {}

    @Post()
    create() {}
  }
  return Reports;
};

const ofASubclass: Make = (access) => {
  @RequireUser()
  class Base {
    @Get()
    @DenyImpersonation()
    list() {}
  }

  @Controller()
  @access
  class Reports extends Base {
    @Post()
    create() {}
  }
  return Reports;
};

const ofAParent: Make = (access) => {
  class Base {
    @Get()
    @access
    list() {}
  }

  @Controller()
  @RequireUser()
  class Reports extends Base {}
  return Reports;
};

describe.each<[what: string, make: Make, owner: string, method?: string]>([
  ['beside those of others', besideOthers, 'Reports', 'list'],
  ['as the only one', asTheOnlyOne, 'Reports', 'list'],
  ['over a class', overAClass, 'Reports'],
  ['of a subclass', ofASubclass, 'Reports'],
  ['of a parent', ofAParent, 'Base', 'list'],
])('A class without an access decorator, %s', (_what, make, owner, method) => {
  const decorated = make(RequireOrgMember());
  const removed = decoratorOf(decorated, owner, method);

  it('has the metadata of a class that was never given it', async () => {
    const without = await withoutDecorator(removed, async () => metadataOf(decorated));
    expect(without).toEqual(metadataOf(make(nothing)));
  });

  it('has all of its metadata back afterwards, also after an error', async () => {
    const failing = withoutDecorator(removed, () => Promise.reject(new Error('of a test')));
    await expect(failing).rejects.toThrow('of a test');
    expect(metadataOf(decorated)).toEqual(metadataOf(make(RequireOrgMember())));
  });
});

function decoratorOf(type: Type, owner: string, method?: string): WrittenDecorator {
  const removed = decoratorsIn(classChain(type)).find(
    (one) => one.owner.name === owner && one.method === method,
  );
  if (removed === undefined) throw new Error(`${owner} has no such decorator.`);
  return removed;
}

/** All metadata of a class and of those above it, as texts. */
function metadataOf(type: Type): string[] {
  return classChain(type)
    .flatMap((owner) => {
      const prototype = owner.prototype as Record<string, object>;
      const places: [place: string, target: object, property?: string][] = [
        ['class', owner],
        ['prototype', prototype],
        ...ownMethods(owner).flatMap((name): [string, object, string?][] => [
          [`name ${name}`, prototype, name],
          [`function ${name}`, prototype[name] as object],
        ]),
      ];
      return places.flatMap(([place, target, property]) =>
        entriesOf(target, property).map((entry) => `${owner.name}, ${place}: ${entry}`),
      );
    })
    .toSorted();
}

function entriesOf(target: object, property?: string): string[] {
  const keys = Reflect.getOwnMetadataKeys(target, property as string) as unknown[];
  return keys.map((key) => {
    const value: unknown = Reflect.getOwnMetadata(key, target, property as string);
    return `${String(key)} = ${inspect(value, { depth: 6, breakLength: Infinity })}`;
  });
}
