import { PropelAuthModule, RequireApiKey } from 'nestjs-propelauth';
import { startApplication } from '../../support/application.js';
import { Issuer } from '../../support/issuer.js';
import { routeUnder } from '../../support/routes.js';
import { personalKey, rateLimitedKey, unknownKey } from '../../callers/api-key/api-keys.js';
import { alike, whatGets, type Question, type Situation } from './question.js';

const { moduleOptions } = new Issuer();
const KEY = 'api-key-that-must-never-be-seen';

const outcomes: Question['outcomes'] = {
  ...alike(
    '503 propelauth_unavailable',
    'PropelAuth returned an invalid response about an API key',
  ),
  'status 401': ['503 propelauth_unavailable', 'apiKey is not an API key', 'returned status 401'],
};

const further: Question['further'] = [
  ['that it does not know the key', unknownKey, '401 api_key_unknown'],
  ['that the key is used too often', rateLimitedKey, '429 api_key_rate_limited, Retry-After: 7'],
];

async function ask({ log, answer }: Situation): Promise<string> {
  const application = await startApplication(
    {
      imports: [PropelAuthModule.forRoot({ ...moduleOptions, debugMode: true })],
      controllers: [routeUnder('key', RequireApiKey())],
    },
    (app) => app.useLogger(log),
  );
  await answer();
  return whatGets(application, '/key', { 'X-API-Key': KEY });
}

export const apiKey: Question = {
  name: 'an API key',
  good: personalKey,
  outcomes,
  further,
  ask,
};
