import { APP_INTERCEPTOR } from '@nestjs/core';
import { ClsPluginBase } from 'nestjs-cls';
import { callerInterceptor } from './caller.interceptor.js';
import { CurrentCaller } from './current-caller.js';

/** TODO(part cls): the whole TSDoc, and the interceptor on gateways and message handlers, which global ones do not reach. */
export class PropelAuthClsPlugin extends ClsPluginBase {
  constructor() {
    super('nestjs-propelauth');
    this.providers = [CurrentCaller, { provide: APP_INTERCEPTOR, useValue: callerInterceptor }];
    this.exports = [CurrentCaller];
  }
}
