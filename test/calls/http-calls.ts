import {
  Catch,
  Controller,
  HttpException,
  Injectable,
  Post,
  Scope,
  UseFilters,
  UseInterceptors,
  type ArgumentsHost,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import { BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import {
  orgFromBody,
  orgFromHeader,
  orgFromParam,
  orgFromQuery,
  PropelAuthService,
  RequireUser,
  type OrgSource,
} from 'nestjs-propelauth';
import type { Credential, Sent } from './credentials.js';
import { RULES_BY_DEFAULT } from './further-rules.js';
import { classesOf } from './handlers.js';
import { headersOf, post, rejectionIn } from './http-client.js';
import { EXEMPT, WITHOUT_RULE, RULES, type OrgPlace, type Rule } from './rules.js';
import type { Session, Transport } from './transport.js';
import { ask, AskingInterceptor, Witness } from './witness.js';

export const SOURCES: Record<OrgPlace, OrgSource> = {
  path: orgFromParam('orgId'),
  query: orgFromQuery('orgId'),
  header: orgFromHeader('x-org-id'),
  body: orgFromBody('orgId'),
};

/** Asks who is calling after the guard has rejected the call. */
@Catch(HttpException)
@Injectable()
export class AskingFilter extends BaseExceptionFilter<HttpException> {
  constructor(
    private readonly propelAuth: PropelAuthService,
    private readonly witness: Witness,
    { httpAdapter }: HttpAdapterHost,
  ) {
    super(httpAdapter);
  }

  override catch(exception: HttpException, host: ArgumentsHost): void {
    void ask(this.propelAuth, this.witness, host as ExecutionContext).then(() =>
      super.catch(exception, host),
    );
  }
}

/** A rule whose handler cannot be traced: each instance has a function of its own, which startup does not see. */
export const UNTRACEABLE: Rule = {
  name: 'untraceable',
  words: '@RequireUser(), in a request-scoped class whose constructor replaces the method',
  sees: [],
  decorate: () => [],
};

@Controller({ scope: Scope.REQUEST })
class UntraceableController {
  constructor() {
    this.untraceable = () => ({});
  }

  @Post('untraceable')
  @RequireUser()
  untraceable(): object {
    return {};
  }
}

const routesOf = (name: string, rules: readonly Rule[]) =>
  classesOf({
    name,
    rules,
    decorate: (one) => [Post(pathOf(one, ':orgId')), ...one.decorate(SOURCES[one.org ?? 'path'])],
    ofClass: [Controller(), UseInterceptors(AskingInterceptor), UseFilters(AskingFilter)],
    result: () => ({}),
  });

export const HTTP_CONTROLLERS: Type[] = [...routesOf('Routes', RULES), UntraceableController];

/** Exempt under `requireUserByDefault`. */
export const EXEMPT_CONTROLLERS = routesOf('ExemptRoutes', [EXEMPT]);

/** For an application under `requireUserByDefault`. */
export const CONTROLLERS_BY_DEFAULT: Type[] = [
  ...routesOf('Routes', [WITHOUT_RULE, ...RULES_BY_DEFAULT.filter((one) => one !== EXEMPT)]),
  ...EXEMPT_CONTROLLERS,
];

function pathOf({ name, org }: Rule, orgId: string): string {
  return org === 'path' ? `${name}/${orgId}` : name;
}

export function httpTransport(
  url: string,
  name = 'HTTP',
  rules: readonly Rule[] = [...RULES, UNTRACEABLE],
  credentials?: readonly Credential[],
): Transport {
  return {
    name,
    rules,
    credentials,
    open: (sent) => session(url, sent),
  };
}

function session(url: string, sent: Sent): Session {
  return {
    async call(rule, orgId) {
      const query = rule.org === 'query' && orgId !== null ? `?orgId=${orgId}` : '';
      const answer = await post(
        // A path has to name something.
        `${url}/${pathOf(rule, orgId ?? 'none')}${query}`,
        {
          ...headersOf(sent),
          ...(rule.org === 'header' && orgId !== null && { 'x-org-id': orgId }),
        },
        JSON.stringify(rule.org === 'body' && orgId !== null ? { orgId } : {}),
      );
      return answer.status < 400 ? { result: `${answer.status}` } : rejectionIn(answer);
    },
  };
}
