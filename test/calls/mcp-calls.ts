import { UseInterceptors, type Type } from '@nestjs/common';
import { McpController, Tool } from '@rekog/mcp-nest';
import { orgFromMessage } from 'nestjs-propelauth';
import { callOf, textOf, type JsonRpcAnswer } from '../support/mcp-nest.js';
import { z } from 'zod';
import type { Sent } from './credentials.js';
import { classesOf } from './handlers.js';
import { headersOf, post, rejectionIn } from './http-client.js';
import { RULES } from './rules.js';
import type { Session, Transport } from './transport.js';
import { AskingInterceptor } from './witness.js';

/** What MCP clients may call, and what they may not. */
const TOOLS = RULES.filter(({ name }) =>
  ['public', 'member', 'admin', 'mcpToken', 'scope', 'mcpAdmin', 'mcpAccount'].includes(name),
);

const parameters = z.object({ orgId: z.string().optional() });

export const TOOL_CLASSES: Type[] = classesOf({
  name: 'Tools',
  rules: TOOLS,
  decorate: (rule) => [
    Tool({ name: rule.name, description: rule.words, parameters }),
    ...rule.decorate(orgFromMessage('orgId')),
  ],
  ofClass: [McpController(), UseInterceptors(AskingInterceptor)],
  result: () => 'let in',
});

export function mcpTransport(url: string): Transport {
  return {
    name: 'MCP tools',
    rules: TOOLS,
    needs: 'mcpToken',
    open: (sent) => session(url, sent),
  };
}

function session(url: string, sent: Sent): Session {
  return {
    async call(rule, orgId) {
      const answer = await post(
        `${url}/mcp`,
        { ...headersOf(sent), accept: 'application/json, text/event-stream' },
        JSON.stringify(callOf(rule.name, orgId === null ? {} : { orgId })),
      );
      if (answer.status >= 400) return rejectionIn(answer);
      const body = read(answer.body);
      if (body.error !== undefined) {
        return { result: `${answer.status} error ${body.error.code}`, message: body.error.message };
      }
      return body.result?.['isError'] === true
        ? { result: `${answer.status} isError`, message: textOf(body) }
        : { result: `${answer.status} result` };
    },
  };
}

/** The body, or the data of the event in it. */
function read(body: string): JsonRpcAnswer {
  return JSON.parse(/^data: (.*)$/m.exec(body)?.[1] ?? body) as JsonRpcAnswer;
}
