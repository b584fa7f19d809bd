import { MISTAKES } from '../../support/planted-faults/mistakes/mistakes.js';
import { notice } from '../../support/planted-faults/noticing.js';

describe.each(Object.entries(MISTAKES))(
  'Startup, toHold() and describeAccess() report mistakes as docs/contributing/planted-faults.md says: %s',
  (_heading, mistakes) => {
    it.each(mistakes)('$what', async (mistake) => {
      const { result, notices } = mistake;
      expect(await notice(mistake)).toEqual({ result, notices });
    });
  },
);
