import { McpController, Prompt, Resource, ResourceTemplate, Tool } from '@rekog/mcp-nest';
import { Public } from 'nestjs-propelauth';
import { RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import { callOf, rpc, startMcpServer, type McpServerOfTest } from '../../support/mcp-nest.js';
import { mcp, METADATA_URL } from '../../support/mcp-options.js';
import { calls } from './reports.parts.js';
import { alice } from './users.js';

function called(name: string) {
  calls.push(name);
  return { contents: [{ uri: 'x://x', text: name }], messages: [] };
}

/** Under a scope of the class and one of the method. */
@RequireScope('of:class')
@McpController()
class Scoped {
  @Tool({ name: 'tool', description: '' })
  @RequireScope('of:method')
  tool() {
    return called('tool');
  }

  @Resource({ uri: 'scoped://all', name: 'resource', description: '' })
  @RequireScope('of:method')
  resource() {
    return called('resource');
  }

  @ResourceTemplate({ uriTemplate: 'scoped://of/{id}', name: 'template', description: '' })
  @RequireScope('of:method')
  template() {
    return called('template');
  }

  @Prompt({ name: 'prompt', description: '' })
  @RequireScope('of:method')
  prompt() {
    return called('prompt');
  }
}

const REQUESTS: Record<string, object> = {
  tool: callOf('tool'),
  resource: rpc('resources/read', { uri: 'scoped://all' }),
  template: rpc('resources/read', { uri: 'scoped://of/7' }),
  prompt: rpc('prompts/get', { name: 'prompt' }),
};

const OWN = ['of:method', 'of:class'];
const scopes = [...OWN, 'of:endpoint'];

/** Scopes that lack one, however near they are. */
const lackingOne = (required: readonly string[]): [string, string[]][] =>
  required.flatMap((missing, index): [string, string[]][] => {
    const others = required.filter((scope) => scope !== missing);
    const next = required[(index + 1) % required.length] as string;
    return [
      [`no ${missing}`, others],
      [`${missing} in another case`, [...others, missing.toUpperCase()]],
      [`${missing} with a tab`, [...others, `${missing}\t`]],
      [`${missing} with a no-break space`, [...others, `\u00a0${missing}`]],
      [`${missing} with a comma`, [...others, `${missing},`]],
      [`${missing} as a pattern`, [...others, missing.replace(/:.*/, ':*')]],
      [`${missing} as one with ${next}`, [...others, `${next},${missing}`]],
      [`another scope as often`, [...others, ...Array.from({ length: 9 }, () => next)]],
      [`all in quotation marks`, [`"${required.join(' ')}"`]],
    ];
  });

describe('With scopes that include others', () => {
  let server: McpServerOfTest;
  beforeAll(async () => {
    const hierarchy = {
      all: ['of:class', 'methods'],
      methods: ['of:method'],
      'of:class': [],
      'of:method': [],
      other: [],
    };
    server = await startMcpServer([Scoped], {
      mcp: { ...mcp, scopes: hierarchy, initialScopes: ['methods'] },
    });
  });
  beforeEach(() => void (calls.length = 0));

  it.each(Object.keys(REQUESTS))(
    'a %s is called with those, and with nothing near',
    async (kind) => {
      const send = (...some: string[]) =>
        server.send(REQUESTS[kind], { token: server.token(alice, some) });
      for (const near of ['All', 'all,', 'methods', 'of:class', 'other', '__proto__', 'toString']) {
        const { status, challenge, body } = await send(near, 'other');
        const rejections = [
          `403 Bearer error="insufficient_scope", scope="${OWN.join(' ')}", resource_metadata="${METADATA_URL}"`,
          // Only the guard of a template knows that it is called.
          ...(kind === 'template' ? ['200 Forbidden (scope_missing)'] : []),
        ];
        expect(rejections).toContain(`${status} ${challenge ?? body.error?.message}`);
      }
      expect(calls).toEqual([]);
      await send('all');
      await send('of:class', 'methods');
      expect(calls).toEqual([kind, kind]);
    },
  );

  it('the first challenge names initialScopes, and what the call needs beside them', async () => {
    const { challenge } = await server.send(REQUESTS.tool);
    expect(challenge).toBe(
      `Bearer scope="methods ${OWN.join(' ')}", resource_metadata="${METADATA_URL}"`,
    );
    expect((await server.send(rpc('tools/list', {}))).challenge).toBe(
      `Bearer scope="methods", resource_metadata="${METADATA_URL}"`,
    );
  });
});

const FRONTS: [string, ClassDecorator[], string[]][] = [
  ['@RequireMcpToken({ scopes })', [RequireMcpToken({ scopes: ['of:endpoint'] })], ['of:endpoint']],
  ['@RequireMcpToken()', [RequireMcpToken()], []],
  ['@RequireScope()', [RequireScope('of:endpoint')], ['of:endpoint']],
  ['@Public()', [Public()], []],
];

describe.each(FRONTS)('Behind a controller under %s', (_front, endpoint, ofEndpoint) => {
  const required = [...ofEndpoint, ...OWN];
  let server: McpServerOfTest;
  beforeAll(async () => {
    server = await startMcpServer([Scoped], { endpoint, mcp: { ...mcp, scopes } });
  });
  beforeEach(() => void (calls.length = 0));

  /** Only the guard of a template knows that it is called. The controller in front checks its own scopes. */
  function rejectionOf(kind: string, some: readonly string[]): string {
    const named = kind === 'template' ? ofEndpoint : required;
    return named.every((scope) => some.includes(scope))
      ? '200 Forbidden (scope_missing)'
      : `403 Bearer error="insufficient_scope", scope="${named.join(' ')}", resource_metadata="${METADATA_URL}"`;
  }

  it.each(Object.keys(REQUESTS))(
    `a %s is called with all scopes, in any order and twice, and with one less it is not`,
    async (kind) => {
      const send = (some: string[]) =>
        server.send(REQUESTS[kind], { token: server.token(alice, some) });
      for (const [what, some] of lackingOne(required)) {
        const { status, challenge, body } = await send(some);
        const answer = `${status} ${challenge ?? body.error?.message}`;
        expect([what, answer, calls]).toEqual([what, rejectionOf(kind, some), []]);
      }
      await send([...required, '', 'other', ...required].toReversed());
      expect(calls).toEqual([kind]);
    },
  );

  it(`a batch calls only what the token has the scopes for`, async () => {
    const batch = Object.values(REQUESTS).map((request, id) => ({ ...request, id }));
    for (const [, some] of lackingOne(required)) {
      await server.send(batch, { token: server.token(alice, some) });
    }
    expect(calls).toEqual([]);
    await server.send(batch, { token: server.token(alice, required) });
    expect(calls.toSorted()).toEqual(Object.keys(REQUESTS).toSorted());
  });
});
