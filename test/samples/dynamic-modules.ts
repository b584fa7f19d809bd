import { Controller, type DynamicModule, Get, Inject, Module } from '@nestjs/common';
import { activeOrg, PropelAuthModule, Public, RequireOrgRole } from 'nestjs-propelauth';
import type { AccessTable } from 'nestjs-propelauth/testing';
import { settings } from './settings.js';

/** 25-dynamic-modules: a module that its importer configures, with a controller of its own. */

const CONFIG = Symbol('the configuration');

interface Config {
  readonly hello: string;
}

@Controller('config')
class ConfigController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  @Get()
  @RequireOrgRole('Owner', { org: activeOrg() })
  show() {
    return this.config;
  }
}

@Module({})
class ConfigModule {
  static register(config: Config): DynamicModule {
    return {
      module: ConfigModule,
      controllers: [ConfigController],
      providers: [{ provide: CONFIG, useValue: config }],
      exports: [CONFIG],
    };
  }
}

@Controller()
class AppController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  @Get()
  @Public()
  getHello() {
    return this.config.hello;
  }
}

@Module({
  imports: [PropelAuthModule.forRoot(settings), ConfigModule.register({ hello: 'Hello!' })],
  controllers: [AppController],
})
export class DynamicModulesModule {}

export const dynamicModulesAccess: AccessTable = {
  'GET /': 'public',
  'GET /config': 'Owner and above of the org in token',
};
