import { HttpException, type ExecutionContext, type Type } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import * as fc from 'fast-check';
import {
  getCurrentOrg,
  getCurrentUser,
  PropelAuthGuard,
  PropelAuthModule,
} from 'nestjs-propelauth';
import { startApplication } from '../support/application.js';
import { stopClock } from '../support/fake-timers.js';
import { FOREIGN_KEYS, forge, ISSUER, NOW, PROJECT_KEYS, rs256 } from '../support/forge.js';
import { Issuer } from '../support/issuer.js';
import { PATIENCE } from '../support/thorough.js';
import {
  call,
  claimsOf,
  GLOBAL_LEVELS,
  type Call,
  type Level,
  type Membership,
  type WrittenRule,
} from './access-rules.arbitrary.js';
import { casesOf } from '../attacks/cases.js';
import { decoratorsOf, writtenController } from './written-controller.js';

interface Verdict {
  status: number;
  userId?: string | undefined;
  orgId?: string | undefined;
}

/** The rules of access once more, in as few words as they can be said. */
function reference({ levels, global, overrides, caller, token, named }: Call): Verdict {
  const [handler, overridden, ...ofClasses] = levels;
  const ofModule: Level = GLOBAL_LEVELS[global];
  const classes = [...ofClasses, ofModule];
  const isLifted = handler.mode === 'public' && handler.rules.length === 0;
  const written = isLifted ? [handler] : [handler, overridden, ...classes];
  const effective = written.filter((level) => !overrides[0] || !ofClasses.includes(level));
  const rules = effective.flatMap((level) => level.rules);
  // What the handler drops still asks for a user, unless the handler says itself whom it accepts.
  const asking = (handler.mode ? effective : written).flatMap((level) => level.rules);
  // What is overridden restricts, and opens nothing.
  const ofOverridden = overridden.mode === 'required' ? overridden.mode : undefined;
  const mode =
    handler.mode ?? ofOverridden ?? classes.find((level) => level.mode)?.mode ?? 'required';
  if (asking.length === 0 && mode === 'public') return { status: 200 };
  const isAnonymousEnough = asking.length === 0 && mode === 'optional';
  if (token !== 'valid') return { status: isAnonymousEnough ? 200 : 401 };
  if (rules.length === 0) return { status: 200, userId: caller.userId };
  const memberships = caller.isScoped ? caller.memberships.slice(0, 1) : caller.memberships;
  const places = { ...named, token: caller.isScoped ? memberships[0]?.orgId : undefined };
  // Each level, and those outside of it where it is declared.
  const scopes = [
    [handler, ...classes],
    [overridden, ...classes.slice(1)],
    ...classes.map((_, index) => classes.slice(index)),
  ];
  const ids = new Set(
    scopes.flatMap((scope) => {
      if (!effective.includes(scope[0] as Level)) return [];
      const inScope = scope.flatMap((level) => level.rules).find(({ place }) => place)?.place;
      return scope[0]?.rules.map(({ place }) => places[place ?? inScope ?? 'path']) ?? [];
    }),
  );
  const org = memberships.find(({ orgId }) => ids.size === 1 && ids.has(orgId));
  if (!org || !rules.every((rule) => isMet(rule, org))) return { status: 403 };
  return { status: 200, userId: caller.userId, orgId: org.orgId };
}

function isMet(rule: WrittenRule, { role, additional, roles, permissions }: Membership): boolean {
  if (rule.kind === 'permissions') return rule.permissions.every((it) => permissions.includes(it));
  if (rule.kind === 'any-permission')
    return rule.permissions.some((it) => permissions.includes(it));
  if (rule.kind === 'any-role') return rule.anyOf.some((it) => [role, ...additional].includes(it));
  if (rule.kind === 'member') return true;
  return (rule.exact ? [role, ...additional] : roles).includes(rule.role);
}

stopClock(NOW * 1000);
const guards = new Map<string, PropelAuthGuard>();
for (const [name, level] of Object.entries(GLOBAL_LEVELS)) {
  const { app } = await startApplication({
    imports: [
      PropelAuthModule.forRoot({
        ...new Issuer(PROJECT_KEYS).moduleOptions,
        globalRules: decoratorsOf(level),
      }),
    ],
  });
  guards.set(name, app.get(PropelAuthGuard));
}

async function decide({ global }: Call, context: ExecutionContext): Promise<Verdict> {
  try {
    const guard = guards.get(global) as PropelAuthGuard;
    expect(await guard.canActivate(context)).toBe(true);
  } catch (error) {
    if (!(error instanceof HttpException)) throw error;
    return { status: error.getStatus() };
  }
  const userId = getCurrentUser(context)?.userId;
  return { status: 200, userId, orgId: getCurrentOrg(context)?.orgId };
}

describe('Rules of access', () => {
  it(
    'match a short reference implementation, for any rules and caller',
    async () => {
      const statuses = new Map<number, number>();
      await fc.assert(
        fc.asyncProperty(call, async (written) => {
          const context = contextOf(writtenController(written), requestOf(written));
          const verdict = await decide(written, context);
          expect(verdict).toEqual(reference(written));
          // The same context is decided about once; the same answer it is.
          expect(await decide(written, context)).toEqual(verdict);
          statuses.set(verdict.status, (statuses.get(verdict.status) ?? 0) + 1);
        }),
        casesOf<[Call]>('rules of access'),
      );
      // The generator still finds every answer.
      for (const status of [200, 401, 403]) {
        expect(statuses.get(status)).toBeGreaterThan(casesOf('rules of access').numRuns / 10);
      }
    },
    PATIENCE,
  );
});

function requestOf({ caller, token, named: { path, query, header, body } }: Call): object {
  const times =
    token === 'expired' ? { iat: NOW - 7200, exp: NOW - 3600 } : { iat: NOW, exp: NOW + 9 };
  const key = token === 'forged' ? FOREIGN_KEYS : PROJECT_KEYS;
  const text = () =>
    forge({ iss: ISSUER, ...times, ...claimsOf(caller) }, undefined, rs256(key.privateKey));
  return {
    headers: { 'x-org-id': header, ...(token !== 'none' && { authorization: `Bearer ${text()}` }) },
    params: { orgId: path },
    query: { org: query },
    body: { orgId: body },
  };
}

function contextOf(controller: Type, request: object): ExecutionContext {
  // Express sets a header by the one name, Fastify by the other.
  const response = { set: () => {}, header: () => {}, setHeader: () => {} };
  const { show } = controller.prototype as { show: () => void };
  return new ExecutionContextHost([request, response], controller, show);
}
