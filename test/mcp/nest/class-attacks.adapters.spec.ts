import { Inject, Injectable, Module, Scope } from '@nestjs/common';
import { McpController, Tool } from '@rekog/mcp-nest';
import { Public } from 'nestjs-propelauth';
import { RequireScope } from 'nestjs-propelauth/mcp';
import { callOf, startMcpServer } from '../../support/mcp-nest.js';
import { calls } from './reports.parts.js';
import { dave } from './users.js';

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

@Injectable({ scope: Scope.REQUEST })
class PerRequest {}

class Base {
  @Tool({ name: 'guarded', description: '' })
  @RequireScope('read:reports')
  guarded() {
    calls.push('guarded');
  }
}

@McpController()
class Inheriting extends Base {}

@McpController()
class Overriding extends Base {
  @Tool({ name: 'guarded', description: '' })
  override guarded() {
    calls.push('guarded');
  }
}

@McpController()
class OverridingOpenly extends Base {
  @Tool({ name: 'guarded', description: '' })
  @Public()
  override guarded() {
    calls.push('guarded');
  }
}

@McpController()
class Wrapped {
  @Traced()
  @Tool({ name: 'guarded', description: '' })
  @RequireScope('read:reports')
  guarded() {
    calls.push('guarded');
  }
}

@McpController()
class WrappedInside {
  @RequireScope('read:reports')
  @Tool({ name: 'guarded', description: '' })
  @Traced()
  guarded() {
    calls.push('guarded');
  }
}

@McpController()
class OfRequests {
  constructor(@Inject(PerRequest) readonly perRequest: PerRequest) {}

  @Tool({ name: 'guarded', description: '' })
  @RequireScope('read:reports')
  guarded() {
    calls.push('guarded');
  }
}

@McpController()
@RequireScope('read:reports')
class UnderClassRule {
  @Tool({ name: 'guarded', description: '' })
  guarded() {
    calls.push('guarded');
  }
}

@Module({ controllers: [UnderClassRule] })
class First {}
@Module({ controllers: [UnderClassRule] })
class Second {}

beforeEach(() => void (calls.length = 0));

describe('A tool keeps its rules', () => {
  it.each([
    ['that is inherited', [Inheriting], {}],
    ['that is overridden', [Overriding], {}],
    ['that is wrapped', [Wrapped], {}],
    ['that is wrapped before it is guarded', [WrappedInside], {}],
    ['of a request-scoped controller', [OfRequests], { providers: [PerRequest] }],
    ['under a rule of its class', [UnderClassRule], {}],
    ['of a class in two modules', [], { imports: [First, Second] }],
  ])('%s', async (_what, parts, metadata) => {
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
    const server = await startMcpServer([OverridingOpenly], { endpoint: [Public()] });
    await server.send(callOf('guarded'));
    expect(calls).toEqual(['guarded']);
  });
});
