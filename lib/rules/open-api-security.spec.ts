import { Get } from '@nestjs/common';
import { ApiBearerAuth, ApiSecurity } from '@nestjs/swagger';
import {
  callerRule,
  memberRule,
  methodOf,
  writeOverMethod,
} from '../../test/support/written-rules.js';
import { decorateHandler } from '../../test/support/routes.js';
import { isOwnRequirement, markForOpenApi, schemeOf } from './open-api-security.js';

const SECURITY = 'swagger/apiSecurity';
const securityOf = (subject: object) => Reflect.getOwnMetadata(SECURITY, subject) as unknown;

/** A class with a route, whose security `@nestjs/swagger` has noted. */
function reports(...decorators: ClassDecorator[]) {
  class Reports {
    list() {}
    helper() {}
  }
  decorateHandler(Reports, 'list', Get());
  for (const decorate of decorators) decorate(Reports);
  return Reports;
}

describe('The security of a class in OpenAPI documents', () => {
  it('is what @nestjs/swagger would note', () => {
    const rule = callerRule('@RequireUser()');
    const [ours, theirs] = [reports(), reports(ApiBearerAuth())];
    markForOpenApi(ours, [rule]);
    expect(securityOf(ours)).toEqual(securityOf(theirs));
    expect([schemeOf('user'), schemeOf('service')]).toEqual(['bearer', 'service']);
  });

  it('keeps what others have noted, and replaces its own', () => {
    const both = reports(ApiSecurity('basic'));
    const [user, script] = [
      callerRule('@RequireUser()'),
      callerRule('@RequireApiKey()', 'api-key'),
    ];
    markForOpenApi(both, [user]);
    markForOpenApi(both, [script]);
    expect(securityOf(both)).toEqual([{ basic: [] }, { 'api-key': [] }]);
    const [basic, ours] = securityOf(both) as Record<string, string[]>[];
    expect([isOwnRequirement(basic!), isOwnRequirement(ours!)]).toEqual([false, true]);
    const open = callerRule('@Public()', 'public');
    const ofUsers = reports();
    markForOpenApi(ofUsers, [user]);
    markForOpenApi(ofUsers, [open]);
    expect(securityOf(ofUsers)).toEqual([]);
  });

  it('is on the routes of a class for optional users, with no token as well', () => {
    const Reports = reports();
    const optional = callerRule('@OptionalUser()', 'optional');
    markForOpenApi(Reports, [optional]);
    const list = methodOf(Reports, 'list');
    const helper = methodOf(Reports, 'helper');
    expect([Reports, list, helper].map(securityOf)).toEqual([
      undefined,
      [{}, { bearer: [] }],
      undefined,
    ]);
    markForOpenApi(list, [optional]);
    expect(securityOf(list)).toHaveLength(2);
    const [nothing] = securityOf(list) as Record<string, string[]>[];
    expect(isOwnRequirement(nothing!)).toBe(true);
    const ofOrg = memberRule('@RequireOrgMember()');
    markForOpenApi(list, [optional, ofOrg]);
    expect(securityOf(list)).toEqual([{}, { bearer: [] }]);
  });

  it('is not on routes of that class that have rules of their own', () => {
    const Reports = reports();
    writeOverMethod(Reports, 'list', callerRule('@RequireUser()'));
    Object.defineProperty(Reports.prototype, 'count', { get: () => undefined });
    const optional = callerRule('@OptionalUser()', 'optional');
    markForOpenApi(Reports, [optional]);
    const list = methodOf(Reports, 'list');
    expect(securityOf(list)).toBeUndefined();
    markForOpenApi(list, [optional]);
    expect(securityOf(list)).toEqual([{}, { bearer: [] }]);
  });

  it('is not noted where nothing is required and nobody has noted any', () => {
    const Reports = reports();
    const open = callerRule('@Public()', 'public');
    markForOpenApi(Reports, [open]);
    expect(securityOf(Reports)).toBeUndefined();
  });
});
