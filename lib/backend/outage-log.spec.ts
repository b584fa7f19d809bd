import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { RecordingLogger } from '../../test/support/recording-logger.js';
import { Refusal, unavailable } from '../refusals/refusal.js';
import { OutageLog } from './outage-log.js';

const log = new RecordingLogger();
let outages: OutageLog;

const succeed = () => outages.watch(async () => 'answer');
const fail = (error: Error) =>
  outages.watch(() => Promise.reject(error)).catch((thrown: unknown) => thrown);

beforeEach(() => {
  Logger.overrideLogger(log);
  log.lines.length = 0;
  jest.spyOn(performance, 'now').mockReturnValue(0);
  outages = new OutageLog();
});

describe('An outage of PropelAuth', () => {
  it('is one warning with its cause when it begins, and one line when it ends', async () => {
    const lost = unavailable('PropelAuth cannot be reached (ECONNREFUSED)');
    for (let call = 0; call < 5; call++) expect(await fail(lost)).toBe(lost);
    expect(log.of('warn')).toEqual([expect.stringContaining('cannot be reached (ECONNREFUSED)')]);
    for (let call = 0; call < 5; call++) expect(await succeed()).toBe('answer');
    expect(log.of('log')).toEqual([expect.stringContaining('again')]);
  });

  it('ends with an answer that rejects a credential', async () => {
    await fail(unavailable('PropelAuth cannot be reached'));
    await fail(new Refusal('api_key_unknown'));
    expect(log.of('log')).toHaveLength(1);
  });

  it('is logged once a minute when it comes and goes, with how many were left out', async () => {
    for (let outage = 0; outage < 4; outage++) {
      await fail(unavailable('PropelAuth cannot be reached'));
      await succeed();
    }
    expect(log.of('warn')).toHaveLength(1);
    expect(log.of('log')).toHaveLength(1);
    jest.spyOn(performance, 'now').mockReturnValue(60_000);
    await fail(unavailable('PropelAuth cannot be reached'));
    expect(log.of('warn')[1]).toContain('(identical lines left out: 3)');
  });

  it('is not logged where PropelAuth has only rejected a credential', async () => {
    await fail(new Refusal('api_key_unknown'));
    expect(log.lines).toEqual([]);
  });
});
