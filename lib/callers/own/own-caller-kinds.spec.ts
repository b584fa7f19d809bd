import { fake } from '../../../test/support/fake.js';
import type { CallerKind } from '../../options/caller-kind.interface.js';
import type { ResolvedOptions } from '../../options/resolved-options.js';
import type { Hooks } from '../../plugins/hooks.js';
import { CallerKinds } from '../caller-kinds.js';
import { OwnCallerKinds } from './own-caller-kinds.js';

const service: CallerKind = {
  name: 'service',
  credential: [{ header: 'x-service-token' }],
  identify: () => undefined,
  key: () => undefined,
};

function kindsOf(...callerKinds: CallerKind[]) {
  const add = jest.fn();
  const kinds = fake<CallerKinds>({ list: [], add });
  const options = fake<ResolvedOptions>({ callerKinds, issuer: 'https://auth.example.com' });
  return { add, own: new OwnCallerKinds(fake({}), options, kinds, fake<Hooks>({})) };
}

describe('The own kinds of an application', () => {
  it('are made known once, although OpenAPI documents may need them before startup', () => {
    const { add, own } = kindsOf(service);
    own.register();
    own.register();
    expect(add).toHaveBeenCalledTimes(1);
  });

  it('start and stop with it, if they have anything to start or stop', async () => {
    const calls: string[] = [];
    const living = {
      ...service,
      onModuleInit: async () => void calls.push('start'),
      onModuleDestroy: async () => void calls.push('stop'),
    };
    const { own } = kindsOf(service, living);
    await own.onModuleInit();
    expect(calls).toEqual(['start']);
    await own.onModuleDestroy();
    expect(calls).toEqual(['start', 'stop']);
  });
});
