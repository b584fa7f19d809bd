import { Controller, Get, type Type } from '@nestjs/common';
import * as copy from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { startApplication } from '../support/application.js';
import { installCopy } from '../support/package-copy.js';
import { decorateHandler } from '../support/routes.js';
import { messageOf } from '../support/start-error.js';

const issuer = await TestIssuer.create();

function controllerOf(decorate: (type: Type) => void): Type {
  class Reports {
    list() {
      return {};
    }
  }
  decorate(Reports);
  decorateHandler(Reports, 'list', Get());
  Controller()(Reports);
  return Reports;
}

const other = await installCopy()<typeof copy>();

describe('A second copy of the package', () => {
  it('is a different copy', () => {
    expect(other.PropelAuthGuard).not.toBe(copy.PropelAuthGuard);
  });

  it.each<[string, (type: Type) => void]>([
    ['@Public()', (type) => decorateHandler(type, 'list', other.Public())],
    ['@RequireUser()', (type) => decorateHandler(type, 'list', other.RequireUser())],
    ['@RequireUser() on a class', (type) => other.RequireUser()(type)],
    ['@CurrentUser()', (type) => other.CurrentUser()(type.prototype as object, 'list', 0)],
    [
      '@RequireUser() next to one of the first copy',
      (type) => decorateHandler(type, 'list', other.RequireUser(), copy.RequireUser()),
    ],
  ])('fails startup with an explanation: %s', async (_what, decorate) => {
    const starting = startApplication({
      imports: [copy.PropelAuthModule.forRoot(issuer.moduleOptions)],
      controllers: [controllerOf(decorate)],
    });
    const message = await messageOf(starting);
    expect(message).toMatch(/second copy|two copies/);
    expect(message).toContain('npm ls nestjs-propelauth');
  });
});
