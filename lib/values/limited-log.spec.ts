import { Logger } from '@nestjs/common';
import { RecordingLogger } from '../../test/support/recording-logger.js';
import { LimitedLog } from './limited-log.js';

const recorded = new RecordingLogger();
let log: LimitedLog;
let clock: { mockReturnValue(now: number): unknown };

beforeEach(() => {
  Logger.overrideLogger(recorded);
  recorded.lines.length = 0;
  clock = jest.spyOn(performance, 'now').mockReturnValue(0);
  log = new LimitedLog();
});

describe('A log line that callers can repeat', () => {
  it('is logged at most once a minute, with the number of suppressed lines', () => {
    for (const second of [0, 1, 59.9, 60, 119, 600]) {
      clock.mockReturnValue(second * 1_000);
      log.warn('A message was rejected.');
    }
    expect(recorded.of('warn').map((line) => line.replace(' PropelAuth', ''))).toEqual([
      'A message was rejected.',
      'A message was rejected. (identical lines left out: 2)',
      'A message was rejected. (identical lines left out: 1)',
    ]);
  });

  it('returns whether it was logged', () => {
    expect([log.warn('one'), log.warn('one'), log.warn('other')]).toEqual([true, false, true]);
  });

  it('is limited separately, at every level', () => {
    for (let time = 0; time < 3; time++) {
      log.warn('PropelAuth does not answer.');
      log.error('The filter failed', 'Error: at line 7');
    }
    expect(recorded.lines.map(({ level }) => level)).toEqual(['warn', 'error']);
    expect(recorded.of('error')).toEqual([expect.stringContaining('at line 7')]);
  });

  it('is suppressed and counted after a hundred others within a minute', () => {
    for (let index = 0; index < 250; index++) log.warn(`onDecision failed: ${index}`);
    expect(recorded.of('warn')).toHaveLength(100);
    clock.mockReturnValue(60_000);
    log.warn('onDecision failed: 0');
    log.warn('onDecision failed: other');
    expect(recorded.of('warn').slice(100)).toEqual([
      expect.stringContaining('onDecision failed: 0 (other lines left out: 150)'),
      expect.stringMatching(/^onDecision failed: other(?! \()/),
    ]);
  });

  it('is counted with the others after it made room for one', () => {
    for (let index = 0; index < 100; index++) log.warn(`onDecision failed: ${index}`);
    for (let time = 0; time < 3; time++) log.warn('onDecision failed: 0');
    clock.mockReturnValue(60_000);
    log.warn('onDecision failed: other');
    expect(recorded.of('warn').at(-1)).toContain('(other lines left out: 3)');
  });

  it('uses no memory for its text, however long', () => {
    const text = 'x'.repeat(100_000);
    for (let index = 0; index < 100; index++) log.warn(`${index}${text}`);
    expect(JSON.stringify([...log['lines'].keys()]).length).toBeLessThan(10_000);
  });
});
