import { Controller, Scope, type Type } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { orgFromMessage, PropelAuthModule, Public, RequireOrgRole } from 'nestjs-propelauth';
import { issuer } from '../../support/guarded-application.js';
import { ACME_ID, bob, carol } from '../../support/project.js';
import {
  connectLate,
  startHybrid,
  startMicroservice,
  type MessageClient,
} from '../../support/microservice.js';
import { Proxied, Wrapped } from '../../support/planted-faults.js';
import { decorateHandler } from '../../support/routes.js';
import { tokenFromMessage } from './guarded.messages.js';

const org = orgFromMessage();
const ForAdmins = () => RequireOrgRole('Admin', { org });

type Methods = Record<'list' | 'other', () => string>;

/** A controller of messages whose constructor does something to its methods. */
function constructed(construct: (self: Methods) => void, scope = Scope.DEFAULT): Type {
  class Reports implements Methods {
    constructor() {
      construct(this);
    }

    list() {
      return 'reports';
    }

    other() {
      return 'others';
    }
  }
  decorateHandler(Reports, 'list', ForAdmins(), MessagePattern('list'));
  decorateHandler(Reports, 'other', Public(), MessagePattern('other'));
  Controller({ scope })(Reports);
  return Reports;
}

const bindSelf = (self: Methods) => void (self.list = self.list.bind(self));
const bindOther = (self: Methods) => void (self.list = self.other.bind(self));
const takeArrow = (self: Methods) => void (self.list = () => 'reports');

function metadataOf(controller: Type, requireUserByDefault: boolean) {
  const options = { ...issuer.moduleOptions, tokenSource: tokenFromMessage, requireUserByDefault };
  return { imports: [PropelAuthModule.forRoot(options)], controllers: [controller] };
}

/** What nobody, a member and an admin are told. */
async function answersOf(client: MessageClient): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const user of [null, carol, bob]) {
    const accessToken = user === null ? undefined : await issuer.accessToken(user);
    const answer = await client.refusalOf('list', { orgId: ACME_ID, accessToken });
    answers.push((answer as { code?: string }).code ?? answer);
  }
  return answers;
}

const GUARDED = ['UNAUTHENTICATED', 'FORBIDDEN', { answered: expect.any(String) as unknown }];
const REJECTED = Array(3).fill('INTERNAL_SERVER_ERROR') as string[];

describe.each([
  ['a microservice', startMicroservice],
  ['a hybrid application', startHybrid],
])('A message handler of %s', (_what, start) => {
  it.each<[string, Type, unknown[]]>([
    ['a constructor binds the method', constructed(bindSelf), GUARDED],
    ['a constructor binds another one', constructed(bindOther), GUARDED],
    ['a constructor puts an arrow function there', constructed(takeArrow), GUARDED],
    ['it does so for each message', constructed(bindSelf, Scope.REQUEST), REJECTED],
    ['it binds another one for each message', constructed(bindOther, Scope.REQUEST), REJECTED],
    ['an arrow function is there for each', constructed(takeArrow, Scope.REQUEST), REJECTED],
  ])('keeps its rule or rejects all calls when %s', async (_fault, controller, expected) => {
    for (const byDefault of [false, true]) {
      const client = await start(metadataOf(controller, byDefault));
      expect(await answersOf(client)).toEqual(expected);
      expect(await client.send('other', {})).toBe('others');
    }
  });

  it('keeps its rule when decorators wrap the method, or the class', async () => {
    @Controller()
    class WrappedMessages {
      @MessagePattern('list')
      @Wrapped
      @ForAdmins()
      list() {
        return 'reports';
      }
    }
    @Controller()
    @Proxied
    class ProxiedMessages {
      @MessagePattern('list')
      @ForAdmins()
      list() {
        return 'reports';
      }
    }
    for (const controller of [WrappedMessages, ProxiedMessages]) {
      expect(await answersOf(await start(metadataOf(controller, false)))).toEqual(GUARDED);
    }
  });
});

describe('A microservice that is connected when the application has started', () => {
  @Controller()
  class UndecoratedMessages {
    @MessagePattern('list')
    list() {
      return 'reports';
    }
  }

  it('has no open handlers: the application fails to start', async () => {
    await expect(startHybrid(metadataOf(UndecoratedMessages, true))).rejects.toThrow(
      'UndecoratedMessages.list (message)',
    );
  });

  it('has guarded handlers, also without inheritAppConfig', async () => {
    const { app } = await startHybrid(
      metadataOf(
        constructed(() => {}),
        true,
      ),
    );
    const client = await connectLate(app);
    expect(await answersOf(client)).toEqual(GUARDED);
  });
});
