import { Controller, Get, Scope, type Type } from '@nestjs/common';
import { request } from '../../guarded-application.js';
import { ACME_ID, carol } from '../../project.js';
import { decorateHandler } from '../../routes.js';
import { constructed, perRequest, takeOther } from '../http/fault.js';
import { ForAdmins, SECRET, type Mistake } from './mistake.js';

class OtherReports {
  list() {
    return {};
  }
}

/** Its constructor returns an instance of another class. */
function returningAnother(): Type {
  class Reports {
    constructor() {
      return new OtherReports();
    }

    list() {
      return {};
    }
  }
  decorateHandler(Reports, 'list', ForAdmins(), Get('list'));
  Controller({ scope: Scope.REQUEST })(Reports);
  return Reports;
}

/** Copies a method of a mixin as a wrapper, with what Nest keeps of its route and nothing else. */
function copyingWrapped(): Type {
  class Mixin {
    list() {
      return {};
    }
  }
  decorateHandler(Mixin, 'list', ForAdmins(), Get('list'));
  class Reports extends Object {}
  const method = Reflect.get(Mixin.prototype, 'list');
  const wrapper = function (this: Mixin) {
    return method.call(this);
  };
  for (const key of ['path', 'method']) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, method), wrapper);
  }
  Object.defineProperty(Reports.prototype, 'list', { value: wrapper, writable: true });
  Controller()(Reports);
  return Reports;
}

/** A controller whose `GET /list` is for admins in the mind of its author. */
function list(what: string, plant: () => Type, notices: Mistake['notices']): Mistake {
  return {
    what,
    plant: () => ({ controllers: [plant()] }),
    handler: 'GET /list',
    intruder: carol,
    ask: async ({ url }, user) => {
      const { status } = await request(url, user).get('/list').query({ orgId: ACME_ID });
      return status === 200 ? SECRET : '';
    },
    result: 'unauthorized access',
    notices,
  };
}

/** Handlers that are replaced so that startup sees no trace of it. */
export const UNTRACEABLE_HANDLERS: readonly Mistake[] = [
  list(
    'a request-scoped class that replaces a handler with a public one',
    () => constructed(takeOther, perRequest),
    ['–', 'finds', '–'],
  ),
  list('a request-scoped class whose constructor returns another object', returningAnother, [
    '–',
    'finds',
    '–',
  ]),
  list('a copied method in a wrapper, without the metadata of this package', copyingWrapped, [
    '–',
    'finds',
    'shows',
  ]),
];
