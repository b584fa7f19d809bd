import { Controller, Get, Scope, type INestApplication, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { PropelAuthModule, RequireUser } from 'nestjs-propelauth';
import { createMixedRulesController } from '../src/mixed-rules.controller';
import { tracked, TrackInstances, TrackMethods } from './error-trackers';
import { listen } from './http';
import { environment } from './issuer';
import { calls, makeCall, reachedHandlers } from './mixed-rules';

type Arrange = (track: ClassDecorator, controller: ClassDecorator) => ClassDecorator[];

/** Where the decorator of a tracker can be, with all decorators from top to bottom. */
const BELOW: Record<string, Arrange> = {
  'below the other decorators': (track, controller) => [controller, RequireUser(), track],
  'below @Controller()': (track, controller) => [controller, track, RequireUser()],
};
const ABOVE: Record<string, Arrange> = {
  'above the other decorators': (track, controller) => [track, controller, RequireUser()],
  'above @Controller()': (track, controller) => [RequireUser(), track, controller],
};

const trackers = [
  {
    does: 'wraps methods',
    Track: TrackMethods,
    sees: reachedHandlers,
    places: { ...BELOW, ...ABOVE },
  },
  {
    does: 'replaces the class',
    Track: TrackInstances,
    sees: ['MixedRulesController'],
    places: BELOW,
  },
];

const scopes = [
  { kind: 'singleton', scope: Scope.DEFAULT },
  { kind: 'request-scoped', scope: Scope.REQUEST },
];

describe.each(trackers)('Under an error tracker that $does', ({ Track, sees, places }) => {
  describe.each(Object.keys(places))('%s', (place) => {
    describe.each(scopes)('a $kind controller', ({ scope }) => {
      let app: INestApplication;

      beforeAll(async () => {
        tracked.length = 0;
        const decorators = places[place](Track(), Controller({ path: 'tracked', scope }));
        app = await listen(() => createApplication(createMixedRulesController(...decorators)));
      });

      it.each(calls)('returns $name', async (call) => {
        expect(await makeCall(call, `${await app.getUrl()}/tracked`)).toEqual(call.answer);
      });

      it('is tracked', async () => {
        for (const call of calls) await makeCall(call, `${await app.getUrl()}/tracked`);
        expect([...new Set(tracked)]).toEqual(sees);
      });

      afterAll(() => app.close());
    });
  });
});

describe('Under an error tracker that replaces the class', () => {
  it.each(Object.keys(ABOVE))('%s, the application fails to start', async (place) => {
    const decorators = ABOVE[place](TrackInstances(), Controller());
    expect(await startError(createMixedRulesController(...decorators))).toContain(
      '"MixedRulesController" does not have the @Controller() decorator',
    );
  });

  it('above @RequireUser(), with an inherited handler, the application fails to start', async () => {
    class ListController {
      @Get()
      list() {
        return [];
      }
    }
    @Controller('reports')
    @TrackInstances()
    @RequireUser()
    class ReportsController extends ListController {}

    expect(await startError(ReportsController)).toMatch(
      /ReportsController\.list \(GET \/reports\): The guard is lost: .*\. Write the access decorators above that decorator/,
    );
  });
});

async function startError(controller: Type): Promise<string> {
  const app = await createApplication(controller);
  try {
    await app.init();
    return '';
  } catch (error) {
    return (error as Error).message;
  } finally {
    await app.close();
  }
}

/** Has no requireUserByDefault, so that only the guards of the class and its methods protect the routes. */
async function createApplication(controller: Type): Promise<INestApplication> {
  const moduleRef = await Test.createTestingModule({
    imports: [
      PropelAuthModule.forRoot({
        authUrl: environment.PROPELAUTH_AUTH_URL,
        apiKey: environment.PROPELAUTH_API_KEY,
        manualTokenVerificationMetadata: {
          issuer: environment.PROPELAUTH_AUTH_URL,
          verifierKey: environment.PROPELAUTH_VERIFIER_KEY,
        },
      }),
    ],
    controllers: [controller],
  }).compile();
  return moduleRef.createNestApplication();
}
