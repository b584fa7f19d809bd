import type { INestApplication } from '@nestjs/common';
import { boardPromises } from './board-promises.js';
import { companionPromises, startCompanions, startPromises } from './companion-promises.js';

/** What holds in every application with the companions, in the words of Jest. */
export function describeCompanions(): void {
  describe('With the companions', () => {
    let app: INestApplication;

    beforeAll(async () => {
      app = await startCompanions();
    });

    for (const [promise, keep] of Object.entries(companionPromises)) it(promise, () => keep(app));

    afterAll(() => app.close());
  });

  describe('A board', () => {
    for (const [promise, keep] of Object.entries(boardPromises)) it(promise, keep);
  });

  describe('An application', () => {
    for (const [promise, keep] of Object.entries(startPromises)) it(promise, keep);
  });
}
