import { FAULTS } from '../../support/planted-faults/faults-of-transports.js';
import { notice } from '../../support/planted-faults/noticing.js';
import { sampleOf } from '../../support/thorough.js';

describe.each(Object.entries(FAULTS))(
  'If the guard works or startup fails, toHold() passes or does not apply: %s',
  (_family, faults) => {
    it.each(sampleOf(faults))('$what', async (fault) => {
      const { result, notices } = fault;
      expect(await notice(fault)).toEqual({ result, notices });
    });
  },
);
