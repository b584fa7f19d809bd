import { Controller, Get, Post } from '@nestjs/common';
import { Public, RequireOrgRole, RequireUser } from 'nestjs-propelauth';
import { accessTable, expectAccess } from 'nestjs-propelauth/testing';
import { startApplication } from '../support/application.js';
import { startGuarded } from '../support/guarded-application.js';
import { classOf } from '../support/routes.js';
import {
  everyTransport,
  GuardedGateway,
  GuardedResolver,
  OpenGateway,
  OpenMessages,
  OpenResolver,
} from '../support/every-transport.js';

const controller = classOf('ThingsController', [Controller()], {
  open: [Get('open')],
  health: [Get('health'), Public()],
  add: [Post('things'), RequireUser()],
  show: [Get('orgs/:orgId'), RequireOrgRole('Admin')],
});

const TABLE = {
  'GET /health': 'public',
  'GET /open': 'open',
  'GET /orgs/:orgId': 'Admin and above of the org in path orgId',
  'POST /things': 'user',
};

const application = await startGuarded({ controllers: [controller] });

describe('expectAccess()', () => {
  it('works in production', () => {
    const { NODE_ENV } = process.env;
    process.env.NODE_ENV = 'production';
    try {
      expect(accessTable(application.app)).toHaveProperty('GET /health', 'public');
      expectAccess(application.app).toHaveNoOpenHandlers({ except: ['GET /open'] });
    } finally {
      process.env.NODE_ENV = NODE_ENV;
    }
  });

  it('passes if everything matches the table, in any order', () => {
    const reversed = Object.fromEntries(Object.entries(TABLE).toReversed());
    expectAccess(application.app).toEqual(reversed);
    expect(accessTable(application.app)).toEqual(TABLE);
  });

  it('reports each difference: a changed rule, a new handler, a missing one', () => {
    const { 'POST /things': _new, ...others } = TABLE;
    const expected = { ...others, 'GET /health': 'user', 'GET /gone': 'user' };
    expect(messageOf(() => expectAccess(application.app).toEqual(expected))).toBe(
      `The access rules differ from the expected table (- expected, + actual):

- GET /gone: user
- GET /health: user
+ GET /health: public
+ POST /things: user
`,
    );
  });

  it('finds routes without a guard', () => {
    expect(messageOf(() => expectAccess(application.app).toHaveNoOpenHandlers())).toContain(
      '\n+ GET /open: open\n',
    );
    expectAccess(application.app).toHaveNoOpenHandlers({ except: ['GET /open'] });
  });

  it('reports an exception that is no longer needed', () => {
    const except = ['GET /open', 'POST /things'];
    expect(
      messageOf(() => expectAccess(application.app).toHaveNoOpenHandlers({ except })),
    ).toContain('\n- POST /things: open\n');
  });
});

describe('expectAccess() of an application with every transport', () => {
  it('finds open resolvers, gateways and message handlers', async () => {
    const { app } = await startApplication(
      everyTransport([OpenMessages], [OpenResolver, OpenGateway]),
    );
    const message = messageOf(() => expectAccess(app).toHaveNoOpenHandlers());
    expect(message.match(/^\+ .*$/gm)).toEqual([
      '+ Query.reports: open',
      '+ event list: open',
      '+ message MathService/Add: open',
      '+ message created: open',
      '+ message sum: open',
      '+ message total: open',
    ]);
    expectAccess(app).toHaveNoOpenHandlers({
      except: [
        'Query.reports',
        'event list',
        'message MathService/Add',
        'message created',
        'message sum',
        'message total',
      ],
    });
  });

  it('shows both rules of two handlers with the same name, and finds the open one', async () => {
    const { app } = await startApplication(
      everyTransport([], [GuardedResolver, OpenGateway, GuardedGateway]),
    );
    expect(accessTable(app)).toMatchObject({ 'event list': 'open; optional user' });
    expect(() => expectAccess(app).toHaveNoOpenHandlers()).toThrow('+ event list: open\n');
    expectAccess(app).toHaveNoOpenHandlers({ except: ['event list'] });
  });
});

function messageOf(expectation: () => void): string {
  try {
    expectation();
  } catch (error) {
    return (error as Error).message;
  }
  return 'All is as expected';
}
