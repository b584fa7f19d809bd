import { ConfigModule, ConfigService, registerAs } from '@nestjs/config';
import { PropelAuthModule, RequireUser } from 'nestjs-propelauth';
import { failureOf, startApplication } from '../support/application.js';
import { issuer, request } from '../support/guarded-application.js';
import { alice } from '../support/project.js';
import { routeUnder } from '../support/routes.js';

const { authUrl, apiKey, manualTokenVerificationMetadata } = issuer.moduleOptions;
const controllers = [routeUnder('user', RequireUser())];

/** ConfigModule with these variables, and without those of the machine. */
function configModule(variables: Record<string, string>) {
  return ConfigModule.forRoot({
    ignoreEnvFile: true,
    ignoreEnvVars: true,
    load: [() => variables],
  });
}

const complete = {
  PROPELAUTH_AUTH_URL: authUrl,
  PROPELAUTH_API_KEY: apiKey,
  // As it stands in an .env file.
  PROPELAUTH_VERIFIER_KEY: manualTokenVerificationMetadata.verifierKey.replaceAll('\n', '\\n'),
};

function startWith(variables: Record<string, string>) {
  const ConfiguredModule = configModule(variables);
  return startApplication({
    imports: [
      PropelAuthModule.forRootAsync({
        imports: [ConfiguredModule],
        inject: [ConfigService],
        useFactory: (config: ConfigService) => ({
          authUrl: config.getOrThrow<string>('PROPELAUTH_AUTH_URL'),
          apiKey: config.getOrThrow<string>('PROPELAUTH_API_KEY'),
          manualTokenVerificationMetadata: {
            issuer: config.getOrThrow<string>('PROPELAUTH_AUTH_URL'),
            verifierKey: config.getOrThrow<string>('PROPELAUTH_VERIFIER_KEY'),
          },
        }),
      }),
    ],
    controllers,
  });
}

describe('@nestjs/config in forRootAsync()', () => {
  it('reads options from ConfigService', async () => {
    const { url } = await startWith(complete);
    await request(url, alice).get('/user').expect(200);
    await request(url).get('/user').expect(401);
  });

  it('fails startup for a missing variable, and names it', async () => {
    const { PROPELAUTH_API_KEY: _missing, ...incomplete } = complete;
    expect(String(await failureOf(startWith(incomplete)))).toContain('PROPELAUTH_API_KEY');
  });

  it('fails startup for an empty variable, and names the option', async () => {
    const failure = await failureOf(startWith({ ...complete, PROPELAUTH_API_KEY: '' }));
    expect(String(failure)).toContain('apiKey');
  });

  it('reads options from a namespace with asProvider()', async () => {
    const propelAuthConfig = registerAs('propelauth', () => issuer.moduleOptions);
    const { url } = await startApplication({
      imports: [PropelAuthModule.forRootAsync(propelAuthConfig.asProvider())],
      controllers,
    });
    await request(url, alice).get('/user').expect(200);
  });
});
