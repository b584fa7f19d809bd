import { Controller, UseInterceptors, type Type } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { orgFromMessage, type TokenSource } from 'nestjs-propelauth';
import type { MessageClient } from '../support/microservice.js';
import { classesOf } from './handlers.js';
import { RULES_OF_MESSAGES } from './rules.js';
import type { Transport } from './transport.js';
import { AskingInterceptor } from './witness.js';

interface Data {
  readonly accessToken?: string;
  readonly orgId?: string;
}

export const tokenFromData: TokenSource = (context) =>
  context.switchToRpc().getData<Data>().accessToken;

export const MESSAGE_CONTROLLERS: Type[] = classesOf({
  name: 'Messages',
  rules: RULES_OF_MESSAGES,
  decorate: (rule) => [MessagePattern(rule.name), ...rule.decorate(orgFromMessage('orgId'))],
  ofClass: [Controller(), UseInterceptors(AskingInterceptor)],
  result: () => 'let in',
});

/** Messages have one place for a credential, of the application. */
export function messageTransport(client: MessageClient): Transport {
  return {
    name: 'TCP',
    rules: RULES_OF_MESSAGES,
    hasNoHeaders: true,
    open: ({ tokens: [accessToken] = [] }) => ({
      async call(rule, orgId) {
        const data: Data = {
          ...(accessToken !== undefined && { accessToken }),
          ...(orgId !== null && { orgId }),
        };
        const answer = await client.rejectionOf(rule.name, data);
        if (isLetIn(answer)) return { result: 'answer' };
        const { code, status, reason, message } = answer as Record<string, unknown>;
        return {
          result: ['error', code ?? status, reason].filter(Boolean).join(' '),
          message: String(message),
        };
      },
    }),
  };
}

function isLetIn(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'answered' in answer;
}
