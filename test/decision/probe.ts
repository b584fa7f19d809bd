import {
  Controller,
  Get,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { OptionalUser } from 'nestjs-propelauth';
import request from 'supertest';
import type { RunningApplication } from '../support/application.js';

/** What a test does inside of a real request. */
export type Probe = (context: ExecutionContext) => Promise<unknown>;

let probe: Probe;

class ProbingInterceptor implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler) {
    await probe(context);
    return next.handle();
  }
}

/** A route for {@link probeRequest}; anyone may call it. */
@Controller('probe/:orgId')
@OptionalUser()
export class ProbeController {
  @Get()
  @UseInterceptors(ProbingInterceptor)
  show() {
    return {};
  }
}

/** Sends a request for an organization and runs the probe inside of it; what the probe throws is thrown here. */
export async function probeRequest(
  { url }: RunningApplication,
  { orgId, headers }: { orgId: string; headers: Record<string, string> },
  inRequest: Probe,
): Promise<void> {
  let outcome: Promise<unknown> = Promise.reject(new Error('The request did not get to the probe'));
  outcome.catch(() => {});
  probe = (context) => {
    outcome = inRequest(context);
    return outcome.catch(() => {});
  };
  await request(url).get(`/probe/${orgId}`).set(headers);
  await outcome;
}

/** Another context of the request of a context: a call of that handler. */
export function contextFor(
  context: ExecutionContext,
  controller: Type,
  handler: string,
  type = 'http',
): ExecutionContext {
  const method = (controller.prototype as Record<string, () => unknown>)[handler];
  const other = new ExecutionContextHost(context.getArgs(), controller, method);
  other.setType(type);
  return other;
}

/** Changes the path parameters of the request, as a router that matches it once more does. */
export function setPathParameters(context: ExecutionContext, params: Record<string, string>): void {
  context.switchToHttp().getRequest<{ params: Record<string, string> }>().params = params;
}
