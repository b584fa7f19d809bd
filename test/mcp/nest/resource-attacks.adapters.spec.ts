import { McpController, Resource, ResourceTemplate } from '@rekog/mcp-nest';
import { Public } from 'nestjs-propelauth';
import { ApplicationMcpHandlers } from '../../../lib/mcp/nest/application-mcp-handlers.js';
import { rpc, startMcpServer, type McpServerOfTest } from '../../support/mcp-nest.js';
import { calls } from './reports.parts.js';
import { alice } from './users.js';

function called(name: string) {
  calls.push(name);
  return { contents: [{ uri: 'x://x', text: name }] };
}

/** What is open, and beside it what only the rules of the endpoint controller close: `@rekog/mcp-nest` looks for templates first. */
@McpController()
class Files {
  @ResourceTemplate({ uriTemplate: 'files://{folder}/notes', name: 'notes', description: '' })
  notes() {
    return called('notes');
  }

  @ResourceTemplate({ uriTemplate: 'docs://{name}', name: 'doc', description: '' })
  doc() {
    return called('doc');
  }

  @Resource({ uri: 'files://list/all', name: 'list', description: '' })
  list() {
    return called('list');
  }

  @ResourceTemplate({ uriTemplate: 'open://{folder}/{name}', name: 'open', description: '' })
  @Public()
  open() {
    return called('open');
  }

  @Resource({ uri: 'readme://readme/', name: 'readme', description: '' })
  @Public()
  readme() {
    return called('readme');
  }
}

describe('A resource without its own rule next to a public one', () => {
  let server: McpServerOfTest;
  beforeAll(async () => {
    server = await startMcpServer([Files]);
  });
  beforeEach(() => void (calls.length = 0));

  const read = (uri: string, token?: string) =>
    server.send(rpc('resources/read', { uri }), { token });

  it('is guarded by the rules in front, while the other is public', async () => {
    expect((await read('open://some/file')).status).toBe(200);
    expect(calls).toEqual(['open']);
    for (const uri of ['files://some/notes', 'docs://x', 'readme://readme/']) {
      expect((await read(uri)).status).toBe(401);
    }
    await read('files://some/notes', server.token(alice));
    expect(calls).toEqual(['open', 'notes']);
    await read('readme://readme/', server.token(alice));
    // That of the template, which mcp-nest finds first.
    expect(calls).toEqual(['open', 'notes', 'doc']);
  });

  it.each([
    'open://some/notes',
    'open://some/notes/',
    'open://SOME/NOTES',
    'open://some/notes?x=1',
    'open://some/no%74es',
    'open://list/all',
    'open://LIST/ALL/',
    'open://readme/',
    'open://readme',
    'readme://readme/',
    'readme://readme//',
  ])('is guarded for any spelling of the URI: %s', async (uri) => {
    await read(uri);
    expect(calls.filter((name) => name !== 'open' && name !== 'readme')).toEqual([]);
  });
});

describe('A template that mcp-nest may read differently from the guard', () => {
  @McpController()
  class Open {
    @ResourceTemplate({ uriTemplate: 'open://{folder}/{name}', name: 'open', description: '' })
    @Public()
    open() {
      return called('open');
    }
  }

  beforeEach(() => void (calls.length = 0));

  it.each([
    ['files://a=b/{name}', 'open://a=b/x'],
    ['files://a{-b}/{name}', 'open://a/x'],
    ['files://a{/b}/{name}', 'open://a/x'],
    ['files://a@b/{name}{?page}', 'open://a@b/x?page=1'],
    ['files://{rest*}', 'open://a\n/x'],
    // Word characters after a brace become part of the parameter's name.
    ['files://a/{id}_draft', 'open://a/7'],
    ['files://a/{id}{?page}draft', 'open://a/7'],
    ['files://a/:id', 'open://a/7'],
  ])('is guarded by the rules in front: %s', async (uriTemplate, uri) => {
    @McpController()
    class Odd {
      @ResourceTemplate({ uriTemplate, name: 'odd', description: '' })
      odd() {
        return called('odd');
      }
    }
    const server = await startMcpServer([Odd, Open]);
    const read = (token?: string) => server.send(rpc('resources/read', { uri }), { token });
    expect((await read()).status).toBe(401);
    expect(calls).toEqual([]);
    await read(server.token(alice));
    expect(calls).toEqual(['odd']);
  });
});

describe('The URI that a caller sends', () => {
  @McpController()
  class Dated {
    @ResourceTemplate({
      uriTemplate: 'reports://{year}-{month}-{day}',
      name: 'report',
      description: '',
    })
    report() {
      return called('report');
    }
  }

  it('is compared with no template before the caller is identified', async () => {
    const server = await startMcpServer([Dated]);
    const compared = jest.spyOn(ApplicationMcpHandlers.prototype, 'find');
    const message = rpc('resources/read', { uri: `reports://${'-'.repeat(2_030)}` });
    for (const token of [undefined, 'unknown']) {
      expect((await server.send(message, { token })).status).toBe(401);
    }
    expect(compared).not.toHaveBeenCalled();
    await server.send(message, { token: server.token(alice) });
    expect(compared).toHaveBeenCalled();
  });
});
