import { APP_INTERCEPTOR } from '@nestjs/core';
import { ClsPluginBase } from 'nestjs-cls';
import { CallerInterceptorPlacement } from './caller-interceptor-placement.js';
import { callerInterceptor } from './caller.interceptor.js';
import { CurrentCaller } from './current-caller.js';

/**
 * The plugin of `nestjs-cls` that provides {@link CurrentCaller} in all modules: who makes the call that a service, a repository or
 * anything else runs for. It works with each way to mount `ClsModule`, and without any.
 *
 * Its interceptor runs behind the guards, in front of the interceptors of classes and methods. Global interceptors of modules that are
 * imported before `ClsModule` run in front of it, and do not know the caller yet.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [
 *     PropelAuthModule.forRoot({
 *       authUrl: process.env.PROPELAUTH_AUTH_URL!,
 *       apiKey: process.env.PROPELAUTH_API_KEY!,
 *     }),
 *     ClsModule.forRoot({ plugins: [new PropelAuthClsPlugin()] }),
 *   ],
 * })
 * export class AppModule {}
 * ```
 *
 * @publicApi
 */
export class PropelAuthClsPlugin extends ClsPluginBase {
  /** Makes the plugin, for the option `plugins` of `ClsModule.forRoot()` or `ClsModule.forRootAsync()`. */
  constructor() {
    super('nestjs-propelauth');
    this.providers = [
      CurrentCaller,
      CallerInterceptorPlacement,
      { provide: APP_INTERCEPTOR, useValue: callerInterceptor },
    ];
    this.exports = [CurrentCaller];
  }
}
