import { lazily } from './lazily.js';

describe('A lazy value', () => {
  it('is created on first access, and only once', () => {
    const make = jest.fn(() => ({}));
    const get = lazily(make);
    expect(make).not.toHaveBeenCalled();
    expect(get()).toBe(get());
    expect(make).toHaveBeenCalledTimes(1);
  });
});
