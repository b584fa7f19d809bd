import { expectAccess } from 'nestjs-propelauth/testing';
import { startSampleApp } from './sample-app.js';

/** A route that lets in others than its decorator says shows here. */
it('every route of the sample app allows exactly the callers that its rule names', async () => {
  const sampleApp = await startSampleApp();
  try {
    const { notTried } = await expectAccess(sampleApp.app).toHold();
    expect(notTried).toEqual([]);
  } finally {
    await sampleApp.close();
  }
});
