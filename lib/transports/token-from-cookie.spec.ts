import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { tokenFromCookie } from './token-from-cookie.js';

describe('The options of tokenFromCookie()', () => {
  it.each<[string, unknown, string]>([
    ['no object', 'token', 'tokenFromCookie is not an object. Pass { orHeader, allowedOrigins }'],
    ['null', null, 'tokenFromCookie is not an object.'],
    ['a list', [], 'tokenFromCookie is not an object.'],
    ['misspelled', { orHeaders: true }, 'tokenFromCookie.orHeaders is not an option.'],
    ['of another type', { orHeader: 'true' }, 'tokenFromCookie.orHeader is not a boolean.'],
    ['no origin', { allowedOrigins: ['x'] }, 'tokenFromCookie.allowedOrigins'],
  ])('are rejected: %s', (_what, options, message) => {
    const create = () => tokenFromCookie('token', options as never);
    expect(create).toThrow(PropelAuthConfigurationError);
    expect(create).toThrow(message);
  });
});
