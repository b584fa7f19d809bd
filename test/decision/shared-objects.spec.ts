import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  Injectable,
  SetMetadata,
  UseInterceptors,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core/helpers/external-context-creator.js';
import { getCurrentUser, OptionalUser, PropelAuthModule, RequireUser } from 'nestjs-propelauth';
import { of } from 'rxjs';
import { startApplication } from '../support/application.js';
import { issuer } from '../support/guarded-application.js';
import { alice } from '../support/project.js';
import { sized } from '../support/thorough.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

interface Message {
  readonly token?: string;
}

const tokenSource = (context: { getArgByIndex(index: number): unknown }) =>
  (context.getArgByIndex(1) as Message).token;

/** What libraries mark their handlers with. */
const Subscribe = () => SetMetadata('OF_A_LIBRARY', true);

class NameCaller implements NestInterceptor {
  intercept(context: ExecutionContext) {
    return of(getCurrentUser(context)?.userId);
  }
}

/** A library hands its client to handlers, with each message. */
@Injectable()
class Subscriber {
  @Subscribe()
  @RequireUser({ tokenSource })
  rejected() {}

  @Subscribe()
  @OptionalUser({ tokenSource })
  @UseInterceptors(NameCaller)
  allowed() {}
}

async function startSubscriber() {
  const { app } = await startApplication({
    imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
    providers: [Subscriber],
  });
  const creator = app.get(ExternalContextCreator);
  const instance = app.get(Subscriber);
  return (method: 'rejected' | 'allowed') =>
    creator.create(instance, Reflect.get<Subscriber, typeof method>(instance, method), method);
}

describe('Calls of a library whose client outlives them', () => {
  it.each(['rejected', 'allowed'] as const)(
    'leave nothing behind if they are %s',
    async (method) => {
      const call = (await startSubscriber())(method);
      const client = {};
      const messages: WeakRef<object>[] = [];
      for (let index = 0; index < sized(1_000); index++) {
        const message = {};
        messages.push(new WeakRef(message));
        await Promise.allSettled([call(client, message)]);
      }
      // What a turn of the event loop has looked at is kept until its end, and a promise that ends in the next turn keeps its message.
      for (let turn = 0; turn < 3; turn++) {
        await setImmediate();
        collectGarbage();
      }
      expect(client).toEqual({});
      expect(messages.filter((message) => message.deref() !== undefined).length).toBeLessThan(2);
    },
  );

  it('are distinguished', async () => {
    const call = (await startSubscriber())('allowed');
    const client = {};
    const token = await issuer.accessToken(alice);
    const calls = Array.from({ length: 300 }, (_each, index) =>
      call(client, index % 2 === 0 ? { token } : {}),
    );
    const answers = await Promise.all(calls);
    expect(answers).toEqual(
      calls.map((_call, index) => (index % 2 === 0 ? issuer.userId(alice) : undefined)),
    );
  });
});
