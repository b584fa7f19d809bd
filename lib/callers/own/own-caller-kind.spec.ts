import { fake } from '../../../test/support/fake.js';
import { onlyFakeTimeouts } from '../../../test/support/fake-timers.js';
import type { CallerKind } from '../../options/caller-kind.interface.js';
import type { Call } from '../../transports/call.js';
import { OwnCallerKind } from './own-caller-kind.js';

/** A kind that answers when the test says so. */
function slowKind() {
  const waiting: (() => void)[] = [];
  const kind = new OwnCallerKind(
    fake<CallerKind>({
      name: 'service',
      identify: () => new Promise((resolve) => waiting.push(() => resolve({}))),
    }),
    [{ header: 'x-service-token' }],
  );
  return { kind, waiting };
}

const callFrom = (address: string, identificationScope?: object): Call =>
  fake<Call>({ address, identificationScope });

const reasonOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'let in',
    (error: { reason?: string }) => error.reason,
  );

describe('A kind of callers of the application', () => {
  it('is asked about 50 credentials at a time; a further one gets its turn, or 503 after 2 s', async () => {
    onlyFakeTimeouts();
    const { kind, waiting } = slowKind();
    const asked = Array.from({ length: 52 }, (_, index) =>
      reasonOf(kind.identify(`guess ${index}`, callFrom('192.0.2.1'))),
    );
    await Promise.resolve();
    expect(waiting).toHaveLength(50);
    waiting[0]!();
    expect(await asked[0]).toBe('let in');
    expect(waiting).toHaveLength(51);
    jest.advanceTimersByTime(2_000);
    expect(await asked[51]).toBe('credential_unavailable');
  });

  it('is asked once for an operation, and again for another credential of it', async () => {
    const { kind, waiting } = slowKind();
    const operation = {};
    void kind.identify('one', callFrom('192.0.2.1', operation));
    void kind.identify('one', callFrom('192.0.2.1', operation));
    void kind.identify('two', callFrom('192.0.2.1', operation));
    void kind.identify('one', callFrom('192.0.2.1', {}));
    await Promise.resolve();
    expect(waiting).toHaveLength(3);
  });
});
