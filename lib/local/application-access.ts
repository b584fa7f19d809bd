import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { describeAccess, type HandlerDescription } from '../audit/describe-access.js';

/** Everything that a path may have without a parameter, and without a character that a shell knows. */
const PLAIN_PATH = /^[\w/.~-]+$/;

/** The requirements of the application's handlers, for developers who call them manually. */
@Injectable()
export class ApplicationAccess {
  constructor(private readonly moduleRef: ModuleRef) {}

  /** The handlers of all transports. */
  handlers(): HandlerDescription[] {
    return describeAccess(this.moduleRef);
  }

  /** The actions for which a handler asks for a step-up grant. */
  stepUpActions(): string[] {
    return [...new Set(this.handlers().flatMap(({ stepUpActions }) => stepUpActions))].toSorted();
  }

  /** The path of a route that any user may call with GET; `/` if there is none. */
  pathForUsers(): string {
    return this.handlers().find(isForEveryUser)?.path ?? '/';
  }

  /** The path of the first route under `@PropelAuthWebhook()`; `undefined` if there is none. */
  webhookPath(): string | undefined {
    return this.handlers().find(isForEvents)?.path;
  }
}

function isForEveryUser(handler: HandlerDescription): boolean {
  const { method, path = '', access, orgRules, stepUpActions } = handler;
  return (
    method === 'GET' &&
    access === 'user' &&
    orgRules.length === 0 &&
    stepUpActions.length === 0 &&
    PLAIN_PATH.test(path)
  );
}

function isForEvents({ method = '', path = '', access }: HandlerDescription): boolean {
  return access === 'webhook' && ['POST', 'ALL'].includes(method) && PLAIN_PATH.test(path);
}
