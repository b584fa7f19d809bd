import { jest } from '@jest/globals';
import { lazily } from './lazily.js';

describe('What is made lazily', () => {
  it('is made when it is first asked for, and once', () => {
    const make = jest.fn(() => ({}));
    const get = lazily(make);
    expect(make).not.toHaveBeenCalled();
    expect(get()).toBe(get());
    expect(make).toHaveBeenCalledTimes(1);
  });
});
