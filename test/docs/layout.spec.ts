import { existsSync } from 'node:fs';

describe('The top level of the repository', () => {
  // Agreed with those who build on it, whatever else moves.
  it.each([
    'package.json',
    'tsconfig.json',
    'nest-cli.json',
    'lib',
    'test',
    'sample-app',
    'README.md',
  ])('has %s', (name) => {
    expect(existsSync(name)).toBe(true);
  });
});
