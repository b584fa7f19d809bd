import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Injectable, SetMetadata } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core/helpers/external-context-creator.js';
import { OptionalUser, RequireUser } from 'nestjs-propelauth';
import { startGuarded } from '../support/guarded-application.js';
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

/** A library hands its client to handlers, with each message. */
@Injectable()
class Subscriber {
  @Subscribe()
  @RequireUser({ tokenSource })
  rejected() {}

  @Subscribe()
  @OptionalUser({ tokenSource })
  allowed() {}
}

describe('Calls of a library whose client outlives them', () => {
  it.each(['rejected', 'allowed'] as const)(
    'leave nothing behind if they are %s',
    async (method) => {
      const { app } = await startGuarded({ providers: [Subscriber] });
      const [creator, instance] = [app.get(ExternalContextCreator), app.get(Subscriber)];
      const callback = Reflect.get<Subscriber, typeof method>(instance, method);
      const call = creator.create(instance, callback, method);
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
});
