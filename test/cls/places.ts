import { EventEmitter } from 'node:events';
import { Injectable, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { ClsModule } from 'nestjs-cls';
import { CallerContext, PropelAuthClsPlugin } from 'nestjs-propelauth/cls';

/** Whom code finds as its caller, in words. */
export function inWords(caller: CallerContext): string {
  if (!caller.isActive()) return 'outside';
  const { kind, user, org, apiKey, mcp } = caller;
  if (kind === null) return 'nobody';
  const id = user?.userId ?? apiKey?.user?.userId ?? mcp?.userId;
  return [kind, id, ...(org === null ? [] : ['in', org.orgId])].join(' ');
}

@Injectable()
class ReportsRepository {
  constructor(private readonly caller: CallerContext) {}

  async list(): Promise<string> {
    await Promise.resolve();
    return inWords(this.caller);
  }
}

/** What `@nestjs/event-emitter` is made of. */
@Injectable()
class ReportsEvents extends EventEmitter {}

@Injectable()
class ReportsListener {
  constructor(events: ReportsEvents, caller: CallerContext) {
    events.on('listed', (found: string[]) => void found.push(inWords(caller)));
  }
}

@Injectable()
export class ReportsService {
  constructor(
    private readonly repository: ReportsRepository,
    private readonly events: ReportsEvents,
    private readonly caller: CallerContext,
  ) {}

  /** Whom each place inside a call finds as its caller. */
  async places(): Promise<Record<string, string>> {
    const service = inWords(this.caller);
    const repository = await this.repository.list();
    const found: string[] = [];
    this.events.emit('listed', found);
    const promise = await Promise.resolve().then(() => inWords(this.caller));
    const timer = await new Promise<string>((resolve) =>
      setTimeout(() => resolve(inWords(this.caller)), 0),
    );
    return { service, repository, listener: found[0]!, promise, timer };
  }
}

/** What the handlers of the tests are made with. */
export const PLACES: Provider[] = [
  ReportsRepository,
  ReportsEvents,
  ReportsListener,
  ReportsService,
];

/**
 * Adds handlers that answer with {@link ReportsService.places} to a class, each under its decorators, from the outside in.
 */
export function addHandlers(
  type: Type<{ readonly service: ReportsService }>,
  handlers: Record<string, MethodDecorator[]>,
  answer: (name: string, places: object) => unknown = (_name, places) => places,
): void {
  const prototype = type.prototype as { readonly service: ReportsService };
  for (const [name, decorators] of Object.entries(handlers)) {
    const value = async function (this: typeof prototype) {
      return answer(name, await this.service.places());
    };
    const method = { value, writable: true, configurable: true };
    Object.defineProperty(prototype, name, method);
    const decorated = Reflect.decorate(decorators, prototype, name, method);
    Object.defineProperty(prototype, name, decorated);
  }
}

/** What {@link ReportsService.places} finds where all of it has one caller. */
export function everywhere(caller: string): Record<string, string> {
  return {
    service: caller,
    repository: caller,
    listener: caller,
    promise: caller,
    timer: caller,
  };
}

/** `nestjs-cls` as an application sets it up, by default without a mount. */
export function clsModule(mount: (typeof MOUNTS)[keyof typeof MOUNTS] = {}): DynamicModule {
  return ClsModule.forRoot({ global: true, plugins: [new PropelAuthClsPlugin()], ...mount });
}

/** The ways to mount it, in the words of its options. */
export const MOUNTS = {
  none: {},
  middleware: { middleware: { mount: true } },
  guard: { guard: { mount: true } },
  interceptor: { interceptor: { mount: true } },
};
