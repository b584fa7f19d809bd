import { afterAll, afterEach, beforeEach, jest } from '@jest/globals';

/** Jest runs this file before each suite (`setupFilesAfterEnv`): its hooks clean up what the suite starts. */

type Cleanup = () => unknown;

const ofFile: Cleanup[] = [];
const ofTest: Cleanup[] = [];
let current = ofFile;

/**
 * Runs after the test that registers it, passed or failed, or after the last test of the file if none is running: so what is
 * started at the top of a file, or by `beforeAll`, serves all tests.
 */
export function registerCleanup(cleanup: Cleanup): void {
  current.push(cleanup);
}

beforeEach(() => {
  current = ofTest;
});

afterEach(async () => {
  // Before anything else, since a spy would put back what a fake that is gone has put there.
  jest.restoreAllMocks();
  await cleanUp(ofTest);
  current = ofFile;
});

afterAll(() => cleanUp(ofFile));

/** The last that was started is the first to go: clients before servers. */
async function cleanUp(cleanups: Cleanup[]): Promise<void> {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
}
