import type { DescribedHandler } from '../../../audit/describe-access.js';
import type { McpKind, McpHandler } from '../../../rules/mcp-nest.js';
import { isJsonObject } from '../../../values/json-object.js';
import type { CallParts } from '../entry-point.js';
import { dataFor } from '../messages/sent-data.js';

/** The value of an unknown URI parameter. */
const ANY_VALUE = '1';

/** A call of a tool, resource or prompt. */
export interface McpMessageCall {
  /** The JSON-RPC message. */
  readonly message: object;
  /** The payload for the MCP handler. */
  readonly payload: unknown;
}

/** The message with which a client calls an MCP handler. */
export function mcpMessageFor(
  { kind, name }: Pick<McpHandler, 'kind' | 'name'>,
  { access }: DescribedHandler,
  parts: CallParts,
): McpMessageCall {
  const data = dataFor(access, parts);
  const values = isJsonObject(data) ? data : {};
  const method = METHODS[kind];
  if (kind === 'tool' || kind === 'prompt') {
    return { message: rpc(method, { name, arguments: data }), payload: data };
  }
  const [uri, inUri] = kind === 'resource' ? [name, {}] : fillTemplate(name, values);
  return { message: rpc(method, { ...values, uri }), payload: { ...inUri, ...values, uri } };
}

const METHODS: Readonly<Record<McpKind, string>> = {
  tool: 'tools/call',
  prompt: 'prompts/get',
  resource: 'resources/read',
  'resource-template': 'resources/read',
};

function rpc(method: string, params: object): object {
  return { jsonrpc: '2.0', id: 1, method, params };
}

/** A URI that matches a template, and the values of its parameters. */
function fillTemplate(
  template: string,
  values: Readonly<Record<string, unknown>>,
): [uri: string, parameters: Record<string, string>] {
  const parameters: Record<string, string> = {};
  const uri = template.replaceAll(/\{(\??)(\w+)[^}]*\}/g, (_all, query: string, name: string) => {
    if (query !== '') return '';
    const value = values[name];
    parameters[name] = typeof value === 'string' ? value : ANY_VALUE;
    return encodeURIComponent(parameters[name]);
  });
  return [uri, parameters];
}
