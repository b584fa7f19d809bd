import { retryDelay } from './retry-delay.js';

describe('retryDelay()', () => {
  it.each([
    [1, 500],
    [2, 1_000],
    [3, 2_000],
    [7, 30_000],
    [2_000, 30_000],
  ])('after %d failures is at most %d ms', (failures, longest) => {
    jest.spyOn(Math, 'random').mockReturnValue(1);
    expect(retryDelay(failures)).toBe(longest);
  });

  it('is randomly shortened by up to half', () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    expect(retryDelay(1)).toBe(250);
  });

  it('is at least the Retry-After of the response', () => {
    jest.spyOn(Math, 'random').mockReturnValue(1);
    expect(retryDelay(1, 60)).toBe(60_000);
    expect(retryDelay(7, 1)).toBe(30_000);
  });

  it('is at most five minutes, for any Retry-After', () => {
    expect(retryDelay(1, 86_400)).toBe(300_000);
  });
});
