import type { INestApplication } from '@nestjs/common';
import { PropelAuthConfigurationError } from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import type { AccessCase } from '../../support/removed-rules/access-case.js';
import { CASES } from '../../support/removed-rules/cases.js';
import { holdCase, startCase } from '../../support/removed-rules/start-case.js';
import { withoutDecorator } from '../../support/removed-rules/without-decorator.js';
import { inWords, writtenDecorators } from '../../support/removed-rules/written-decorators.js';

describe.each(CASES)('Removing any one access decorator is noticed: $name', (tested) => {
  it('starts without a warning, with the access of its table, and passes toHold()', async () => {
    const { app, warnings } = await startCase(tested);
    try {
      expect(warnings).toEqual([]);
      expect(tableDiffers(tested, app)).toBe(false);
      await expect(holdCase(tested, app)).resolves.not.toThrow();
    } finally {
      await app.close();
    }
  });

  it('fails startup, is warned of or differs from the table wherever one is removed', async () => {
    const { app } = await startCase(tested);
    const decorators = writtenDecorators(app);
    await app.close();
    expect(decorators).not.toEqual([]);
    const unnoticed: string[] = [];
    for (const removed of decorators) {
      const isMissed = !(await withoutDecorator(removed, () => isNoticed(tested)));
      if (isMissed) unnoticed.push(inWords(removed));
    }
    expect(unnoticed).toEqual(tested.redundant ?? []);
  });

  it('starts as before once all of them are back', async () => {
    expect(await isNoticed(tested)).toBe(false);
  });
});

/** Whether startup or the table says that the application is not the one whose access its author has written down. */
async function isNoticed(tested: AccessCase): Promise<boolean> {
  try {
    const { app, warnings } = await startCase(tested);
    const differs = tableDiffers(tested, app);
    await app.close();
    return warnings.length > 0 || differs;
  } catch (error) {
    // Any other error is one of this test.
    if (error instanceof PropelAuthConfigurationError) return true;
    throw error;
  }
}

function tableDiffers({ table }: AccessCase, app: INestApplication): boolean {
  try {
    expectAccess(app).toEqual(table);
    return false;
  } catch {
    return true;
  }
}
