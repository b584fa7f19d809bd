import { jest } from '@jest/globals';
import setUp from '../support/set-up.js';

// Jest itself loads the suites here: see test/runner/jest.mutation.config.js.
Object.assign(globalThis, { jest });
setUp();
