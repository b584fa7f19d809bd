type Cleanup = () => unknown;

/** The next suite would take the spy for the clock. */
const LEFT_SPY =
  'A spy on performance.now() is left: the timers were faked after it, and bring it back. Fake them first.';

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
  // A suite that could not be loaded has run none of them.
  ofFile.length = 0;
  current = ofFile;

  beforeEach(() => {
    current = ofTest;
  });

  afterEach(async () => {
    // First: a spy restores what it replaced, which may be a fake of this test.
    jest.restoreAllMocks();
    current = ofFile;
    await cleanUp(ofTest);
    const { now } = performance as unknown as { now: object };
    if ('mock' in now) throw new Error(LEFT_SPY);
  });

  afterAll(() => cleanUp(ofFile));
}

/** In reverse order: clients before their servers. One that fails does not keep the others from running. */
async function cleanUp(cleanups: Cleanup[]): Promise<void> {
  const errors: unknown[] = [];
  for (const cleanup of cleanups.splice(0).toReversed()) {
    try {
      await cleanup();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, errors.map(String).join('\n'));
}
