import { Inject, Injectable, Module, Scope, type ModuleMetadata, type Type } from '@nestjs/common';
import { McpController, Tool } from '@rekog/mcp-nest';
import { Public, RequireOrgRole } from 'nestjs-propelauth';
import { RequireScope } from 'nestjs-propelauth/mcp';
import { callOf, startMcpServer } from '../../support/mcp-nest.js';
import { calls } from './reports.parts.js';
import { bob, carol, dave } from './users.js';

/** Replaces a method by another function, as tools for tracing do, which copies no metadata that it doesn't know. */
function Traced(): MethodDecorator {
  return (_target, _name, descriptor: PropertyDescriptor) => {
    const original = descriptor.value as (...args: unknown[]) => unknown;
    const wrapped = function (this: unknown, ...args: unknown[]): unknown {
      return original.apply(this, args);
    };
    for (const key of Reflect.getMetadataKeys(original) as string[]) {
      Reflect.defineMetadata(key, Reflect.getMetadata(key, original), wrapped);
    }
    descriptor.value = wrapped;
  };
}

const SCOPE = RequireScope('read:reports');

const tool = (name = 'guarded') => Tool({ name, description: '' });

/** A class with one tool, under these decorators of the method, the innermost first. */
function toolsUnder(
  ofMethod: MethodDecorator[],
  { parent = class {}, ofClass = [McpController()] }: { parent?: Type; ofClass?: ClassDecorator[] },
): Type {
  class Tools extends parent {
    guarded() {
      calls.push('guarded');
    }
  }
  const { prototype } = Tools;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'guarded')!;
  for (const decorate of ofMethod) decorate(prototype, 'guarded', descriptor);
  // A decorator may have replaced the method.
  Object.defineProperty(prototype, 'guarded', descriptor);
  for (const decorate of ofClass) decorate(Tools);
  return Tools;
}

const Base = toolsUnder([SCOPE, tool()], { ofClass: [] });

@McpController()
class Inheriting extends Base {}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {}

@McpController()
class OfRequests extends Base {
  constructor(@Inject(PerRequest) readonly perRequest: PerRequest) {
    super();
  }
}

const UnderClassRule = toolsUnder([tool()], { ofClass: [McpController(), SCOPE] });

@Module({ controllers: [UnderClassRule] })
class First {}
@Module({ controllers: [UnderClassRule] })
class Second {}

beforeEach(() => void (calls.length = 0));

describe('A tool keeps its rules', () => {
  it.each<[what: string, parts: Type[], metadata?: ModuleMetadata]>([
    ['that is inherited', [Inheriting]],
    ['that is overridden', [toolsUnder([tool()], { parent: Base })]],
    ['that is wrapped', [toolsUnder([SCOPE, tool(), Traced()], {})]],
    ['that is wrapped before it is guarded', [toolsUnder([Traced(), tool(), SCOPE], {})]],
    ['of a controller with a request-scoped provider', [OfRequests], { providers: [PerRequest] }],
    [
      'of a request-scoped controller',
      [toolsUnder([tool(), SCOPE], { ofClass: [McpController({ scope: Scope.REQUEST })] })],
    ],
    ['under a rule of its class', [UnderClassRule]],
    ['of a class in two modules', [], { imports: [First, Second] }],
  ])('%s', async (_what, parts, metadata = {}) => {
    for (const endpoint of [undefined, [Public()]]) {
      calls.length = 0;
      const server = await startMcpServer(parts, { metadata, ...(endpoint && { endpoint }) });
      for (const token of [undefined, 'junk', server.token(dave)]) {
        const { status } = await server.send(callOf('guarded'), { token });
        expect(status).toBeLessThan(500);
      }
      expect(calls).toEqual([]);
      await server.send(callOf('guarded'), { token: server.token(dave, ['read:reports']) });
      expect(calls).toEqual(['guarded']);
    }
  });

  it('unless its override is public, which lifts them for that class only', async () => {
    const open = toolsUnder([tool(), Public()], { parent: Base });
    const server = await startMcpServer([open], { endpoint: [Public()] });
    await server.send(callOf('guarded'));
    expect(calls).toEqual(['guarded']);
  });

  it('unless it is public, which lifts those of its class for no other tool', async () => {
    @McpController()
    @RequireOrgRole('Admin')
    class Mixed {
      @Tool({ name: 'open', description: '' })
      @Public()
      open() {
        calls.push('open');
      }

      @Tool({ name: 'closed', description: '' })
      closed() {
        calls.push('closed');
      }
    }
    const server = await startMcpServer([Mixed], { endpoint: [Public()] });
    await server.send(callOf('open'));
    await server.send(callOf('closed'), { token: server.token(carol) });
    expect(calls).toEqual(['open']);
    await server.send(callOf('closed'), { token: server.token(bob) });
    expect(calls).toEqual(['open', 'closed']);
  });
});
