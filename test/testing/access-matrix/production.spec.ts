import { Controller, Get } from '@nestjs/common';
import { ApplicationConfig, NestContainer } from '@nestjs/core';
import { PropelAuthModule, Public, RequireUser } from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { InterceptorsContextCreator } from '@nestjs/core/interceptors/interceptors-context-creator.js';
import { startApplication } from '../../support/application.js';

@Controller()
class ThingsController {
  @Get('health')
  @Public()
  health() {
    return 'healthy';
  }

  @Get('me')
  @RequireUser()
  me() {
    return 'me';
  }
}

describe('An application without overridePropelAuth()', () => {
  it('runs no interceptor of toHold() in front of its handlers', async () => {
    const issuer = await TestIssuer.create();
    const { app, url } = await startApplication({
      imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
      controllers: [ThingsController],
    });
    const config = app.get(ApplicationConfig);
    const creator = new InterceptorsContextCreator(new NestContainer(config), config);
    const controller = new ThingsController();
    expect(creator.create(controller, controller.health.bind(controller), 'any module')).toEqual(
      [],
    );
    const response = await fetch(`${url}/health`, { headers: { 'x-propelauth-probe': 'any' } });
    expect(await response.text()).toBe('healthy');
  });
});
