import { methodNameOf } from '../values/method-name.js';
import { Call } from './call.js';

/** A call that another library makes, such as for a message broker or a webhook. Only the application knows where its token is. */
export class OtherCall extends Call {
  readonly transport = 'other';

  get words(): string {
    const type = this.context.getType<string>();
    // Nest's default type, which libraries keep for calls that are no HTTP requests.
    return type === 'http' ? 'HTTP' : type;
  }

  readToken(): never {
    const { context } = this;
    const type = context.getType<string>();
    throw new Error(
      `${context.getClass().name}.${methodNameOf(context.getHandler())}: PropelAuthGuard does not know where calls of type ` +
        `"${type}" carry the access token. Add @Public() or a tokenSource to the handler, or set ignoreContextTypes: ` +
        `['${type}'] to let all calls of this type pass the global guard.`,
    );
  }
}
