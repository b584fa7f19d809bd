import type { Heartbeat } from './change-entries.js';
import { Continuity } from './continuity.js';

const NOW = 10_000;
const heartbeat = (since: number, age: number, isBreak = false): Heartbeat => ({
  knownAt: NOW - age,
  since,
  isBreak,
});

describe('At the start, no change is missing since', () => {
  it.each<[string, Heartbeat[], number]>([
    ['now, if nobody was there', [], NOW],
    ['the time in a heartbeat of the last minute', [heartbeat(1_000, 60)], 1_000],
    ['now, if the heartbeat is older', [heartbeat(1_000, 60.1)], NOW],
    ['the earliest time of several', [heartbeat(1_000, 20), heartbeat(9_990, 10)], 1_000],
    ['a break that one of them told', [heartbeat(1_000, 20), heartbeat(9_000, 300, true)], 9_000],
    [
      'a break, whatever was published after it',
      [heartbeat(9_000, 30, true), heartbeat(1, 1)],
      9_000,
    ],
    ['now, if a clock is ahead', [heartbeat(NOW + 20, -20)], NOW],
  ])('%s', (_what, heartbeats, since) => {
    const continuity = new Continuity();
    for (const one of heartbeats) continuity.read(one);
    expect(continuity.since).toBeUndefined();
    expect(continuity.start(NOW)).toBe(since);
    expect(continuity.since).toBe(since);
  });

  it('a later break, but not another time of an instance that knows less', () => {
    const continuity = new Continuity();
    continuity.read(heartbeat(1_000, 10));
    continuity.start(NOW);
    continuity.read(heartbeat(NOW, 0));
    expect(continuity.since).toBe(1_000);
    continuity.read(heartbeat(NOW + 5, 0, true));
    continuity.noteBreak(NOW + 1);
    expect(continuity.since).toBe(NOW + 5);
  });
});
