import { expectAccess, TestIssuer } from 'nestjs-propelauth/testing';
import { readConfiguration } from '../src/configuration/read-configuration.js';
import { startSampleAppWith } from './sample-app.js';

const AUTH_URL = 'https://auth.example.com';

/** A route that lets in others than its decorator says shows here. */
it('every route of the sample app allows exactly the callers that its rule names', async () => {
  const issuer = await TestIssuer.create({ authUrl: AUTH_URL });
  const configuration = readConfiguration(
    { PROPELAUTH_AUTH_URL: AUTH_URL, PROPELAUTH_API_KEY: 'the-api-key' },
    [],
  );
  const sampleApp = await startSampleAppWith(issuer, configuration);
  try {
    await expectAccess(sampleApp.app).toHold();
  } finally {
    await sampleApp.close();
  }
});
