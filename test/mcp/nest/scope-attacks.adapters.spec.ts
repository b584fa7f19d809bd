import type { Type } from '@nestjs/common';
import { McpController, Prompt, Resource, ResourceTemplate, Tool } from '@rekog/mcp-nest';
import { Public } from 'nestjs-propelauth';
import { RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import {
  callOf,
  listOf,
  rpc,
  startMcpServer,
  toolsIn,
  type McpServerOfTest,
} from '../../support/mcp-nest.js';
import { mcp } from '../../support/mcp-options.js';
import { sampleOf } from '../../support/thorough.js';
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

@McpController()
class Open {
  @Resource({ uri: 'open://open', name: 'open', description: '' })
  @Public()
  open() {
    return called('open');
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

const FRONTS: [string, ClassDecorator[], string[]][] = [
  ['@RequireMcpToken({ scopes })', [RequireMcpToken({ scopes: ['of:endpoint'] })], ['of:endpoint']],
  ['@RequireMcpToken()', [RequireMcpToken()], []],
  ['@RequireScope()', [RequireScope('of:endpoint')], ['of:endpoint']],
  ['@Public()', [Public()], []],
];
const PARTS: [string, Type[]][] = [
  ['next to a public resource', [Open, Scoped]],
  ['alone', [Scoped]],
];

describe.each(
  sampleOf(FRONTS.flatMap((endpoint) => PARTS.map((parts) => [...endpoint, ...parts] as const))),
)('Behind a controller under %s', (_front, endpoint, ofEndpoint, where, parts) => {
  const required = [...ofEndpoint, ...OWN];
  let server: McpServerOfTest;
  beforeAll(async () => {
    server = await startMcpServer(parts, { endpoint, mcp: { ...mcp, scopes } });
  });
  beforeEach(() => void (calls.length = 0));

  const listed = async (some: string[]) =>
    toolsIn((await server.send(listOf('tools'), { token: server.token(alice, some) })).body);

  it.each(Object.keys(REQUESTS))(
    `${where}, a %s is called with all scopes, in any order and twice, and with one less it is not`,
    async (kind) => {
      const send = (some: string[]) =>
        server.send(REQUESTS[kind], { token: server.token(alice, some) });
      for (const [what, some] of lackingOne(required)) {
        const { status, challenge } = await send(some);
        expect([what, status, calls]).toEqual([what, 403, []]);
        expect(challenge).toContain(`error="insufficient_scope", scope="${required.join(' ')}"`);
      }
      await send([...required, '', 'other', ...required].toReversed());
      expect(calls).toEqual([kind]);
    },
  );

  it(`${where}, a batch calls only what the token has the scopes for`, async () => {
    const batch = Object.values(REQUESTS).map((request, id) => ({ ...request, id }));
    for (const [, some] of lackingOne(required)) {
      await server.send(batch, { token: server.token(alice, some) });
    }
    expect(calls).toEqual([]);
    await server.send(batch, { token: server.token(alice, required) });
    expect(calls.toSorted()).toEqual(Object.keys(REQUESTS).toSorted());
  });

  it(`${where}, tools are listed for those who may call them`, async () => {
    for (const [what, some] of lackingOne(required)) {
      expect([what, await listed(some)]).toEqual([what, []]);
    }
    expect(await listed(required)).toEqual(['tool']);
  });
});
