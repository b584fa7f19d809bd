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

  it.each<[string, Type[]]>([
    ['prepared before its source', [WithRules, Source]],
    ['prepared after its source', [Source, WithRules]],
  ])('that overrides one under a rule, %s: it names both classes and the fix', async (_, types) => {
    expect(await startError(...types)).toContain(
      '- WithRules.report (GET /copy/report/:orgId): The method is or overrides a copy of Source.report, and WithRules does ' +
        'not have the access rules of Source. Declare WithRules with "extends Source" instead of copying its methods.',
    );
  });

  it('of a class under a rule', async () => {
    expect(await startError(WithoutRules)).toContain('overrides a copy of UsersOnly.report');
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
    expect(await startError(Status)).toContain('overrides a copy of Health.health');
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
      '- Messages.list (message): The method is or overrides a copy of Origin.list',
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
      '- Consumer.consume: The method is or overrides a copy of Origin.consume',
    );
  });
});

describe('Mixins without access rules', () => {
  it('are guarded by the rules of each class that they are applied to', async () => {
    class Mixin {
      @Get('list')
      list() {}
    }
    @Controller('open')
    class Open {}
    @Controller('users')
    @RequireUser()
    class Users {}
    for (const type of [Users, Open]) applyMixinMethods(type, Mixin);
    const { url } = await startGuarded({ controllers: [Users, Open] });
    expect((await request(url).get('/users/list')).status).toBe(401);
    expect((await request(url, carol).get('/users/list')).status).toBe(200);
    expect((await request(url).get('/open/list')).status).toBe(200);
  });
});

describe('Startup fails, also under startupAudit: warn,', () => {
  it('for one function under two names with different rules', async () => {
    @Controller()
    class Reports {
      constructor() {
        Object.assign(this, { show: Reflect.get(this, 'list') as unknown });
      }

      @Get('list')
      @RequireUser()
      list() {}

      @Get('show/:orgId')
      @RequireOrgRole('Owner')
      show() {}
    }
    expect(await startError(Reports)).toContain(
      'Reports.show (GET /show/:orgId): The method is the same function as Reports.list, which has other access rules',
    );
  });

  it('for an accessor that replaces a handler, because it may return another function each time', async () => {
    @Controller()
    class Reports {
      constructor() {
        Object.defineProperty(this, 'list', { get: () => () => {} });
      }

      @Get('list')
      @RequireUser()
      list() {}
    }
    expect(await startError(Reports)).toContain(
      'Reports.list (GET /list): The constructor replaces a method with another function',
    );
  });

  it('for a class that inherits only the constructor of a class with rules', async () => {
    @Controller()
    class Reports {
      @Get('list')
      list() {}
    }
    Object.setPrototypeOf(Reports, class extends UsersOnly {});
    expect(await startError(Reports)).toContain(
      '- Reports: only its constructor inherits from UsersOnly, so the access rules of UsersOnly do not apply. Declare it ' +
        'with "extends UsersOnly" instead of Object.setPrototypeOf().',
    );
  });

  it('not for a class that inherits only the constructor of a class without rules', async () => {
    @Controller()
    class Reports {
      @Get('list')
      list() {}
    }
    Object.setPrototypeOf(Reports, class {});
    expect(await startError(Reports)).toBe('');
  });

  it('for a class under PropelAuthGuard whose prototype.constructor is another class', async () => {
    class Mixin {
      @Get('list')
      list() {}
    }
    @Controller()
    @UseGuards(PropelAuthGuard)
    class Reports {}
    applyMixins(Reports, Mixin);
    expect(await startError(Reports)).toContain('- Reports: prototype.constructor is Mixin');
  });

  it('for a class without rules whose prototype.constructor is one with rules', async () => {
    class Silent extends UsersOnly {
      @Get('list')
      list() {}
    }
    @Controller()
    class Reports {}
    applyMixins(Reports, Silent);
    expect(await startError(Reports)).toContain('- Reports: prototype.constructor is Silent');
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
