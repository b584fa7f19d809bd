import { addressGroupOf } from './address-group.js';

describe('A client address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    [undefined, 'unknown'],
    ['192.0.2.1:50000', '192.0.2.1'],
    ['[2001:db8::1]:443', '2001:db8:0:0'],
    ['[2001:db8::1]', '2001:db8:0:0'],
    ['a name', 'unknown'],
    ['192.0.2.1:port', 'unknown'],
    ['', 'unknown'],
  ])('%s is in the group %s', (address, group) => {
    expect(addressGroupOf(address)).toBe(group);
  });
});
