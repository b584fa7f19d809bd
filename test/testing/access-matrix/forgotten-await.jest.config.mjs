import { shared } from '../../runner/jest.shared.js';

/** For awaited.spec.ts, which runs the tests of forgotten-await.fixture.ts in a process of their own: they have to fail. */
export default {
  ...shared,
  rootDir: '../../..',
  testRegex: 'forgotten-await\\.fixture\\.ts$',
};
