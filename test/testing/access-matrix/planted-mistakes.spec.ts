import { DECORATOR_MISTAKES } from '../../support/planted-faults/mistakes/decorators.js';
import { GUARD_MISTAKES } from '../../support/planted-faults/mistakes/guards.js';
import { MISTAKES_AROUND_HANDLERS } from '../../support/planted-faults/mistakes/around-handlers.js';
import { MISTAKES_BESIDE_HANDLERS } from '../../support/planted-faults/mistakes/beside-handlers.js';
import { notice } from '../../support/planted-faults/noticing.js';

describe('Startup, toHold() and describeAccess() say of a mistake what docs/planted-faults.md says', () => {
  it.each([
    ...DECORATOR_MISTAKES,
    ...GUARD_MISTAKES,
    ...MISTAKES_BESIDE_HANDLERS,
    ...MISTAKES_AROUND_HANDLERS,
  ])('$what', async (mistake) => {
    const { result, notices } = mistake;
    expect(await notice(mistake)).toEqual({ result, notices });
  });
});
