type Cleanup = () => unknown;

const ofFile: Cleanup[] = [];
const ofTest: Cleanup[] = [];
let current = ofFile;

/**
 * Registers what runs after the current test, whether it passes or fails. What is registered outside of tests, at the top of a file or
 * by `beforeAll`, runs after the last test of the file.
 */
export function registerCleanup(cleanup: Cleanup): void {
  current.push(cleanup);
}

/** Adds hooks to a suite that clean up what it starts. */
export function installCleanUp(): void {
  beforeEach(() => {
    current = ofTest;
  });

  afterEach(async () => {
    // First: a spy restores what it replaced, which may be a fake of this test.
    jest.restoreAllMocks();
    await cleanUp(ofTest);
    current = ofFile;
  });

  afterAll(() => cleanUp(ofFile));
}

/** In reverse order: clients before their servers. */
async function cleanUp(cleanups: Cleanup[]): Promise<void> {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
}
