import { FAULTS } from '../../support/planted-faults/faults-of-transports.js';
import { notice } from '../../support/planted-faults/noticing.js';

describe.each(Object.entries(FAULTS))(
  'Where the guard does its work or startup fails, toHold() passes or has nothing to ask: %s',
  (_family, faults) => {
    it.each(faults)('$what', async (fault) => {
      const { result, notices } = fault;
      expect(await notice(fault)).toEqual({ result, notices });
    });
  },
);
