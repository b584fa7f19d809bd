import { Logger } from '@nestjs/common';
import { RecordingLogger } from '../../../test/support/recording-logger.js';
import { Rejection, unavailable } from '../../rejections/rejection.js';
import { BackendOutages } from './backend-outages.js';

const log = new RecordingLogger();
let outages: BackendOutages;

const succeed = () => outages.watch(async () => 'answer');
const fail = (error: Error) =>
  outages.watch(() => Promise.reject(error)).catch((thrown: unknown) => thrown);

beforeEach(() => {
  Logger.overrideLogger(log);
  log.lines.length = 0;
  jest.spyOn(performance, 'now').mockReturnValue(0);
  outages = new BackendOutages();
});

describe('An outage of PropelAuth', () => {
  it('logs one warning with its cause when it begins, and one line when it ends', async () => {
    const lost = unavailable('PropelAuth cannot be reached (ECONNREFUSED)');
    for (let call = 0; call < 5; call++) expect(await fail(lost)).toBe(lost);
    expect(log.of('warn')).toEqual([expect.stringContaining('cannot be reached (ECONNREFUSED)')]);
    for (let call = 0; call < 5; call++) expect(await succeed()).toBe('answer');
    expect(log.of('log')).toEqual([expect.stringContaining('again')]);
  });

  it('ends with a response that rejects a credential', async () => {
    await fail(unavailable('PropelAuth cannot be reached'));
    await fail(new Rejection('api_key_unknown'));
    expect(log.of('log')).toHaveLength(1);
  });

  it('is logged once a minute if it recurs, with the number of suppressed lines', async () => {
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

  it('that begins within a minute of another is logged when that minute is over, and so is its end', async () => {
    const lost = unavailable('PropelAuth cannot be reached');
    await fail(lost);
    await succeed();
    for (const second of [30, 59]) {
      jest.spyOn(performance, 'now').mockReturnValue(second * 1_000);
      await fail(lost);
    }
    expect([log.of('warn').length, log.of('log').length]).toEqual([1, 1]);
    for (const second of [60, 61, 3_600]) {
      jest.spyOn(performance, 'now').mockReturnValue(second * 1_000);
      await fail(lost);
    }
    expect(log.of('warn')).toEqual([
      expect.anything(),
      expect.stringContaining('(identical lines left out: 2)'),
    ]);
    await succeed();
    expect(log.of('log')).toHaveLength(2);
  });

  it('of less than a minute without a warning logs no end', async () => {
    for (let outage = 0; outage < 2; outage++) {
      await fail(unavailable('PropelAuth cannot be reached'));
      await succeed();
    }
    expect([log.of('warn').length, log.of('log').length]).toEqual([1, 1]);
  });

  it('is not logged when PropelAuth only rejects a credential', async () => {
    await fail(new Rejection('api_key_unknown'));
    expect(log.lines).toEqual([]);
  });
});
