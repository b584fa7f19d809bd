import { Controller, Get } from '@nestjs/common';
import { DenyImpersonation, OptionalUser, Public, RequireUserOrApiKey } from 'nestjs-propelauth';
import type { TestUser } from 'nestjs-propelauth/testing';
import { Backend } from '../../support/backend.js';
import { request, startGuarded } from '../../support/guarded-application.js';
import { alice } from '../../support/project.js';

const impersonated = { ...alice, impersonatorUserId: 'user-of-an-employee' };

@Controller('account')
@DenyImpersonation()
class AccountController {
  @Get()
  show() {
    return {};
  }

  @Get('help')
  @Public()
  help() {
    return {};
  }
}

@Controller('scripts')
class ScriptsController {
  @Get()
  @RequireUserOrApiKey()
  @DenyImpersonation()
  show() {
    return {};
  }
}

@Controller('greeting')
@OptionalUser()
class GreetingController {
  @Get()
  @DenyImpersonation()
  greet() {
    return {};
  }

  @Get('anyone')
  greetAnyone() {
    return {};
  }
}

const backend = await Backend.start();
backend.apiKeys.set('key', { status: 200, body: { user: { user_id: 'user-alice' } } });
const { url } = await startGuarded({
  controllers: [AccountController, ScriptsController, GreetingController],
});

const get = async (path: string, user: TestUser | null) => request(url, user).get(path);

describe('@DenyImpersonation()', () => {
  it.each([
    ['the user in person', 200, alice],
    ['an employee who impersonates the user', 403, impersonated],
    ['nobody', 401, null],
  ])('returns for %s: %i', async (_who, status, user) => {
    for (const path of ['/account', '/scripts', '/greeting']) {
      expect((await get(path, user)).status).toBe(status);
    }
  });

  it('does not give the reason without debugMode', async () => {
    const { body } = await get('/account', impersonated);
    expect(body).toEqual({ message: 'Forbidden', statusCode: 403, code: 'impersonation_denied' });
  });

  it('is lifted by @Public() on the handler', async () => {
    expect((await get('/account/help', impersonated)).status).toBe(200);
  });

  it('does not affect API keys', async () => {
    await request(url).get('/scripts').set('X-API-Key', 'key').expect(200);
  });
});
