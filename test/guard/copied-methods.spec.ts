import {
  Controller,
  Get,
  Inject,
  Injectable,
  SetMetadata,
  UseGuards,
  type Type,
} from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';
import { PropelAuthGuard, Public, RequireOrgRole, RequireUser } from 'nestjs-propelauth';
import { request, startGuarded } from '../support/guarded-application.js';
import { applyMixinMethods, applyMixins, Copied } from '../support/planted-faults/replacements.js';
import { carol } from '../support/project.js';
import { messageOf } from '../support/start-error.js';

class Base {
  @Get('report/:orgId')
  @RequireOrgRole('Owner')
  report() {}
}

/** Overrides a method under a rule, and has no access decorator of its own. */
@Controller('source')
class Source extends Base {
  @Get('report/:orgId')
  override report() {}
}

@RequireUser()
class UsersOnly {
  @Get('report')
  report() {}
}

@Controller('copy')
class WithRules {
  @Get('own')
  @RequireUser()
  own() {}
}

@Controller('copy')
class WithoutRules {}

/** A consumer of a library's messages. */
const Consume = () => SetMetadata('consumer', true);

/** What startup says of these classes; an empty text if the application starts. */
function startError(...controllers: Type[]): Promise<string> {
  return messageOf(startGuarded({ controllers }, { startupAudit: 'warn' }));
}

describe('Startup fails, also under startupAudit: warn, for a copy of a method', () => {
  applyMixinMethods(WithRules, Source);
  applyMixinMethods(WithoutRules, UsersOnly);

  it('that overrides one under a rule: it names both classes and the fix', async () => {
    expect(await startError(Source, WithRules)).toContain(
      '- WithRules.report (GET /copy/report/:orgId): The method is or overrides the same function as Source.report, so ' +
        'a call does not show which of their access rules apply. Declare WithRules with "extends Source" instead of copying ' +
        'methods, or write a function for each.',
    );
  });

  it('of a class under a rule', async () => {
    expect(await startError(WithoutRules)).toContain(
      'overrides the same function as UsersOnly.report',
    );
  });

  it('under @Public(), which does not apply to copies', async () => {
    class Health {
      @Get('health')
      @Public()
      health() {}
    }
    @Controller()
    @RequireUser()
    class Status {}
    applyMixinMethods(Status, Health);
    expect(await startError(Status)).toContain('overrides the same function as Health.health');
  });

  it('that a class overrides, as the only finding', async () => {
    class Copying {}
    applyMixinMethods(Copying, UsersOnly);
    @Controller()
    class Overriding extends Copying {
      @Get('report')
      report() {}
    }
    const [, ...findings] = (await startError(Overriding)).split('\n');
    expect(findings).toEqual([
      expect.stringContaining('- Overriding.report (GET /report): The method is or overrides'),
    ]);
  });

  it('that a class decorator makes for the class that it returns', async () => {
    @Controller()
    @Copied
    @RequireUser()
    class Reports {
      @Get('list')
      list() {}
    }
    expect(await startError(Reports)).toContain(
      '- Reports.list (GET /list): A decorator replaced Reports with another class of that name, which has copies of its ' +
        'methods, but not its access rules. Return a subclass from the decorator.',
    );
  });

  it('that handles messages', async () => {
    class Origin {
      @MessagePattern('list')
      @RequireUser({ tokenSource: () => 'a token' })
      list() {}
    }
    @Controller()
    class Messages {}
    applyMixinMethods(Messages, Origin);
    expect(await startError(Messages)).toContain(
      '- Messages.list (message): The method is or overrides the same function as Origin.list',
    );
  });

  it('that a library calls', async () => {
    class Origin {
      @Consume()
      @RequireUser({ tokenSource: () => 'a token' })
      consume() {}
    }
    @Injectable()
    class Consumer {}
    applyMixinMethods(Consumer, Origin);
    expect(await messageOf(startGuarded({ providers: [Consumer] }))).toContain(
      '- Consumer.consume: The method is or overrides the same function as Origin.consume',
    );
  });
});

describe('A mixin without access rules', () => {
  class Mixin {
    @Get('list')
    list() {}
  }

  it('serves classes without rules', async () => {
    @Controller('one')
    class One {}
    @Controller('other')
    class Other {}
    for (const type of [One, Other]) applyMixinMethods(type, Mixin);
    const { url } = await startGuarded({ controllers: [One, Other] });
    expect((await request(url).get('/one/list')).status).toBe(200);
    expect((await request(url).get('/other/list')).status).toBe(200);
  });

  it.each(['first', 'last'])(
    'fails startup if one of two classes has a rule: the %s',
    async (which) => {
      class Shared {
        @Get('list')
        list() {}
      }
      @Controller('open')
      class Open {}
      @Controller('users')
      @RequireUser()
      class Users {}
      for (const type of [Users, Open]) applyMixinMethods(type, Shared);
      const types = which === 'first' ? [Users, Open] : [Open, Users];
      const [{ name: first } = Open, { name: second } = Open] = types;
      expect(await startError(...types)).toMatch(
        new RegExp(
          `- ${second}\\.list .*: The method is or overrides the same function as ${first}\\.list`,
        ),
      );
    },
  );
});

const REPLACED =
  'Another function replaces this method, so a call does not show which access rules apply. Remove a line such as ' +
  'this.list = this.list.bind(this) from the constructor.';

/** A controller whose constructor does something to its method `list`. */
function constructed(construct: (self: object) => void, ...decorators: ClassDecorator[]): Type {
  class Reports {
    constructor() {
      construct(this);
    }

    @Get('list')
    list() {}
  }
  for (const decorate of [...decorators, Controller()]) decorate(Reports);
  return Reports;
}
const put = (self: object, list: unknown) => void Object.assign(self, { list });
const get = (self: object, name: string) => Reflect.get(self, name) as Function;

/** A class of which only the constructor inherits. */
const inheriting = (parent: object) => {
  const type = constructed(() => {});
  Object.setPrototypeOf(type, parent);
  return type;
};

class Mixin {
  @Get('list')
  list() {}
}

class RuledMixin extends UsersOnly {
  @Get('list')
  list() {}
}

describe('Startup fails, also under startupAudit: warn,', () => {
  it.each<[string, (self: object) => void]>([
    ['binds a handler', (self) => put(self, get(self, 'list').bind(self))],
    [
      'puts an accessor there',
      (self) => void Object.defineProperty(self, 'list', { get: () => () => {} }),
    ],
  ])('for a constructor that %s, with the fix', async (_what, construct) => {
    expect(await startError(constructed(construct, RequireUser()))).toContain(
      `- Reports.list (GET /list): ${REPLACED}`,
    );
  });

  it('the same under requireUserByDefault alone, but not where no guard decides', async () => {
    const bound = constructed((self) => put(self, get(self, 'list').bind(self)));
    const start = (requireUserByDefault: boolean) =>
      messageOf(startGuarded({ controllers: [bound] }, { requireUserByDefault }));
    expect(await start(true)).toContain(`- Reports.list (GET /list): ${REPLACED}`);
    expect(await start(false)).toBe('');
  });

  it('for one function under two names, whatever their rules', async () => {
    @RequireUser()
    class Reports {
      @Get('list')
      list() {}
    }
    const list = Reflect.get(Reports.prototype, 'list');
    Object.defineProperty(Reports.prototype, 'every', { value: list });
    Controller()(Reports);
    expect(await startError(Reports)).toContain(
      '- Reports.every (GET /list): The method is the function of Reports.list, or has its metadata, so a call does not show which ' +
        'of the two it is. Write a function for each.',
    );
  });

  it('for a class that inherits only the constructor of a class, if that has rules', async () => {
    expect(await startError(inheriting(class extends UsersOnly {}))).toContain(
      '- Reports: only its constructor inherits from UsersOnly, so the access rules of UsersOnly do not apply. Declare it ' +
        'with "extends UsersOnly" instead of Object.setPrototypeOf().',
    );
    expect(await startError(inheriting(class {}))).toBe('');
  });

  it.each<[string, Type, ...ClassDecorator[]]>([
    ['a class under PropelAuthGuard', Mixin, UseGuards(PropelAuthGuard)],
    ['a class without rules, where that has some', RuledMixin],
  ])('for %s whose prototype.constructor is another class', async (_what, mixin, ...decorators) => {
    class Reports {}
    for (const decorate of [...decorators, Controller()]) decorate(Reports);
    applyMixins(Reports, mixin);
    expect(await startError(Reports)).toContain(
      `- Reports: prototype.constructor is ${mixin.name}`,
    );
  });
});

@Controller('scoped')
class RequestScoped {
  constructor(@Inject(REQUEST) readonly incoming: unknown) {}

  @Get()
  @UseGuards(PropelAuthGuard)
  show() {}
}

describe('A request-scoped controller', () => {
  it('accepts PropelAuthGuard on one method', async () => {
    const { url } = await startGuarded({ controllers: [RequestScoped] });
    expect((await request(url).get('/scoped')).status).toBe(401);
  });

  it('without rules may bind its methods, under requireUserByDefault', async () => {
    @Controller('bound')
    class Bound {
      constructor(@Inject(REQUEST) readonly incoming: unknown) {
        this.show = this.show.bind(this);
      }

      @Get()
      show() {}
    }
    const { url } = await startGuarded({ controllers: [Bound] }, { requireUserByDefault: true });
    expect((await request(url).get('/bound')).status).toBe(401);
    expect((await request(url, carol).get('/bound')).status).toBe(200);
  });
});
