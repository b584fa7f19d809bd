import { APP_INTERCEPTOR } from '@nestjs/core';
import { ClsPluginBase } from 'nestjs-cls';
import { CallerInterceptorPlacement } from './caller-interceptor-placement.js';
import { callerInterceptor } from './caller.interceptor.js';
import { CurrentCaller } from './current-caller.js';

/**
 * The plugin of `nestjs-cls` that provides {@link CurrentCaller} in all modules. It works with every way to mount `ClsModule`, and without
 * mounting it.
 *
 * Its interceptor runs after the guards and before the interceptors of classes and methods. Global interceptors of modules that are
 * imported before `ClsModule` run earlier: `CurrentCaller` throws there.
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
  /** Creates the plugin, for the option `plugins` of `ClsModule.forRoot()` or `ClsModule.forRootAsync()`. */
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
