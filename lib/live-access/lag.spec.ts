import { Lag } from './lag.js';

describe('An instance', () => {
  let now = 100;
  const clock = { wallSeconds: () => 0, monotonicSeconds: () => now };

  beforeEach(() => {
    now = 100;
  });

  it('is behind from its start until it has read the log', () => {
    const lag = new Lag(clock);
    now = 103;
    expect([lag.isBehind, lag.seconds]).toEqual([true, 3]);
    lag.noteCurrent(false);
    expect([lag.isBehind, lag.seconds]).toEqual([false, 0]);
  });

  it.each([
    ['that polls is behind after a second of silence', true, true],
    ['whose log tells of failures is not behind before one', false, false],
  ])('%s', (_what, isPolled, isBehind) => {
    const lag = new Lag(clock);
    lag.noteCurrent(isPolled);
    now = 101;
    expect(lag.isBehind).toBe(false);
    now = 101.1;
    expect(lag.isBehind).toBe(isBehind);
  });

  it('is behind from the first of several failures on', () => {
    const lag = new Lag(clock);
    lag.noteCurrent(true);
    now = 100.5;
    lag.noteFailure();
    now = 110;
    lag.noteFailure();
    expect([lag.isBehind, lag.seconds]).toEqual([true, 9.5]);
    lag.noteCurrent(true);
    expect(lag.isBehind).toBe(false);
  });
});
