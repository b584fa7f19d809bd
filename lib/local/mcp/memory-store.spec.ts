import { stopClock } from '../../../test/support/fake-timers.js';
import { ClientStore, MAXIMUM_CLIENTS } from './client-store.js';
import { MAXIMA, memoryStore } from './memory-store.js';

describe('The store of the local authorization server', () => {
  it.each(Object.entries(MAXIMA))(
    'keeps the latest entries of the kind %s: %d',
    async (kind, maximum) => {
      const store = memoryStore(new ClientStore())(kind);
      for (let index = 0; index <= maximum; index++) await store.upsert(`${index}`, {}, 60);
      expect(await store.find('0')).toBeUndefined();
      expect(await store.find('1')).toEqual({});
      expect(await store.find(`${maximum}`)).toEqual({});
    },
  );

  it('keeps entries until they expire', async () => {
    stopClock(0);
    const store = memoryStore(new ClientStore())('AccessToken');
    jest.setSystemTime(1_000);
    await store.upsert('token', {}, 60);
    jest.setSystemTime(60_999);
    expect(await store.find('token')).toEqual({});
    jest.setSystemTime(61_001);
    expect(await store.find('token')).toBeUndefined();
  });

  it('deletes the entries of a grant in all stores of that kind', async () => {
    const stores = memoryStore(new ClientStore());
    await stores('AccessToken').upsert('one', { grantId: 'a' }, 60);
    await stores('AccessToken').upsert('two', { grantId: 'b' }, 60);
    await stores('AccessToken').revokeByGrantId('a');
    expect(await stores('AccessToken').find('one')).toBeUndefined();
    expect(await stores('AccessToken').find('two')).toBeDefined();
  });

  it.each(['Session', 'DeviceCode', 'ReplayDetection'])(
    'stores nothing of the kind %s',
    async (kind) => {
      const store = memoryStore(new ClientStore())(kind);
      await store.upsert('id', {}, 60);
      expect(await store.find('id')).toBeUndefined();
    },
  );

  it('keeps as many authorized clients as other clients, and no more', async () => {
    const clients = new ClientStore();
    for (let index = 0; index <= MAXIMUM_CLIENTS; index++) {
      await clients.upsert(`used ${index}`, {});
      clients.keep(`used ${index}`);
      await clients.upsert(`new ${index}`, {});
    }
    for (const kind of ['used', 'new']) {
      expect(await clients.find(`${kind} 0`)).toBeUndefined();
      expect(await clients.find(`${kind} 1`)).toEqual({});
    }
  });
});
