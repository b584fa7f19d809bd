import { CannotCall } from '../entry-point.js';
import { fillPattern } from './fill-pattern.js';

describe('A path for a pattern', () => {
  it.each([
    ['/orgs/:orgId/reports', '/orgs/acme%2Finc/reports'],
    ['/files/*path', '/files/a/b%20c'],
    ['/any/*', '/any/1'],
    ['/any/(.*)', '/any/1'],
    ['/a{/:b}/c', '/a/1/c'],
    ['/:"two words"', '/1'],
    ['/:year(^\\d{4}$)-:month(^\\d{2}$)', '/1234-12'],
    ['/:id?', '/1'],
    ['/a::b', '/a:b'],
    ['/a\\:b', '/a:b'],
  ])('%s is %s', (pattern, path) => {
    expect(fillPattern(pattern, { orgId: 'acme/inc', path: 'a/b c' })).toBe(path);
  });

  it('is not generated for an expression that no known value matches', () => {
    expect(() => fillPattern('/:id(^invoice-\\d+$)', {})).toThrow(CannotCall);
    expect(fillPattern('/:id(^invoice-\\d+$)', { id: 'invoice-7' })).toBe('/invoice-7');
  });
});
