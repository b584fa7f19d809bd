import { Injectable, SetMetadata, type Type } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core/helpers/external-context-creator.js';
import {
  CurrentUser,
  OptionalUser,
  PropelAuthConfigurationError,
  PropelAuthModule,
  Public,
  RequireUser,
  type PropelAuthModuleOptions,
  type TokenSource,
  type User,
} from 'nestjs-propelauth';
import { failureOf, startApplication } from '../support/application.js';
import { issuer } from '../support/guarded-application.js';
import { alice } from '../support/project.js';

/** What libraries mark their handlers with, as golevelup's @RabbitSubscribe() does. */
const Subscribe = (queue: string) => SetMetadata('OF_A_LIBRARY', { queue });

interface Message {
  readonly token?: string;
}

const tokenOfMessage: TokenSource = (context) => context.getArgByIndex<Message>(0).token;

@Injectable()
class Subscriber {
  @Subscribe('undecorated')
  undecorated(message: Message) {
    return { message };
  }

  @Subscribe('public')
  @Public()
  public(message: Message) {
    return { message };
  }

  @Subscribe('user')
  @RequireUser({ tokenSource: tokenOfMessage })
  user() {
    return { handled: true };
  }

  @Subscribe('optional')
  @OptionalUser({ tokenSource: tokenOfMessage })
  optional() {
    return { handled: true };
  }
}

type Handler = (...args: unknown[]) => unknown;

/** With the metadata of the method, and the name `bound list`. */
function boundLikeGolevelup(method: Handler, owner: object): Handler {
  const bound = method.bind(owner);
  for (const key of Reflect.getMetadataKeys(method)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, method), bound);
  }
  return bound;
}

type Options = Partial<PropelAuthModuleOptions> & { requireUserByDefault?: boolean };

/** Calls a handler as libraries do, guards included. */
type Call = (
  method: string,
  message: unknown,
  contextType?: string,
  bind?: (callback: Handler, owner: object) => Handler,
) => Promise<unknown>;

async function start(type: Type, options: Options): Promise<Call> {
  const forRoot = PropelAuthModule.forRoot({ ...issuer.moduleOptions, ...options });
  const { app } = await startApplication({ imports: [forRoot], providers: [type] });
  const creator = app.get(ExternalContextCreator);
  const instance = app.get<Record<string, Handler>>(type);
  const none = undefined;
  return async (method, message, contextType, bind = (callback) => callback) => {
    const callback = bind(instance[method]!, instance);
    const ofType = contextType as 'http' | undefined;
    const handler = creator.create(
      instance,
      callback,
      method,
      none,
      none,
      none,
      none,
      none,
      ofType,
    );
    return handler(message) as Promise<unknown>;
  };
}

// Libraries that say nothing of it have Nest's default, which is that of HTTP requests.
describe.each(['rmq', undefined])('A handler of a library, of the type %s,', (contextType) => {
  let call: Call;
  let callByDefault: Call;
  let token: string;
  beforeAll(async () => {
    call = await start(Subscriber, {});
    callByDefault = await start(Subscriber, { requireUserByDefault: true });
    token = await issuer.accessToken(alice);
  });

  it.each([{ id: 1 }, Object.freeze({ id: 2 }), 'a text'])(
    'is called if it is public: %j',
    async (message) => {
      for (const one of [call, callByDefault]) {
        expect(await one('public', message, contextType)).toEqual({ message });
      }
    },
  );

  it('requires a user, with the token from its tokenSource', async () => {
    expect(await call('user', { token }, contextType)).toEqual({ handled: true });
    for (const message of [{}, { token: 'junk' }]) {
      await expect(call('user', message, contextType)).rejects.toMatchObject({ status: 401 });
    }
    expect(await call('optional', {}, contextType)).toEqual({ handled: true });
  });

  it('uses the tokenSource of the module by default', async () => {
    const options = { requireUserByDefault: true, tokenSource: tokenOfMessage };
    const withSource = await start(Subscriber, options);
    const message = { token };
    expect(await withSource('undecorated', message, contextType)).toEqual({ message });
    await expect(withSource('undecorated', {}, contextType)).rejects.toMatchObject({ status: 401 });
  });

  it('is rejected under requireUserByDefault, with an error that says how to fix it', async () => {
    for (const message of [{}, 'a text', undefined]) {
      await expect(callByDefault('undecorated', message, contextType)).rejects.toThrow(
        /Subscriber\.undecorated|without arguments/,
      );
    }
    for (const way of ['@Public()', 'tokenSource', 'ignoreContextTypes']) {
      await expect(callByDefault('undecorated', {}, contextType)).rejects.toThrow(way);
    }
  });

  it('is called without a rule and without requireUserByDefault', async () => {
    expect(await call('undecorated', {}, contextType)).toEqual({ message: {} });
  });
});

describe('A handler that its library has bound', () => {
  it('has the name of its method in errors and in onDecision', async () => {
    const handlers: string[] = [];
    const call = await start(Subscriber, {
      requireUserByDefault: true,
      onDecision: ({ route }) => handlers.push(`${route.controller}.${route.handler}`),
    });
    const bound = call('undecorated', {}, 'rmq', boundLikeGolevelup);
    await expect(bound).rejects.toThrow('Subscriber.undecorated: ');
    expect(handlers).toEqual(['Subscriber.undecorated']);
  });
});

describe('ignoreContextTypes', () => {
  it('makes the global guard skip calls of these types, and no others, and removes no rule', async () => {
    const options = { requireUserByDefault: true, ignoreContextTypes: ['rmq'] };
    const call = await start(Subscriber, options);
    expect(await call('undecorated', {}, 'rmq')).toEqual({ message: {} });
    await expect(call('undecorated', {}, 'kafka')).rejects.toThrow('"kafka"');
    await expect(call('undecorated', {})).rejects.toThrow('"http"');
    await expect(call('user', {}, 'rmq')).rejects.toMatchObject({ status: 401 });
  });

  it.each<[unknown, RegExp]>([
    ['rmq', /list of context types/],
    [[''], /list of context types/],
    [[7], /list of context types/],
    [['http'], /"http".*@Public\(\)/],
    [['rmq', 'graphql'], /"graphql"/],
    [['ws'], /"ws"/],
    [['rpc'], /"rpc"/],
  ])('rejects %j', async (ignoreContextTypes, message) => {
    const wrong = { ignoreContextTypes } as Partial<PropelAuthModuleOptions>;
    const forRoot = PropelAuthModule.forRoot({ ...issuer.moduleOptions, ...wrong });
    const failure = await failureOf(startApplication({ imports: [forRoot] }));
    expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
    expect((failure as Error).message).toMatch(message);
  });
});

describe('The rules of a handler of a library', () => {
  it('fail the audit without a tokenSource', async () => {
    class WithoutSource {
      @Subscribe('user')
      @RequireUser()
      user(@CurrentUser() _user: User) {}
    }
    const forRoot = PropelAuthModule.forRoot(issuer.moduleOptions);
    const failure = await failureOf(
      startApplication({ imports: [forRoot], providers: [WithoutSource] }),
    );
    expect(String(failure)).toContain('WithoutSource.user: @RequireUser()');
  });
});
