import { Controller, Get, Injectable } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import {
  accessRule,
  CurrentResource,
  fromInput,
  OptionalCaller,
  orgOf,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  type AccessCall,
  type AccessRule,
  type ResourceLoader,
} from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { graphqlModule } from '../../support/graphql.js';
import { messageOf, startMatrixApplication } from '../../support/access-matrix.js';
import { classOf } from '../../support/routes.js';

let asked: string[] = [];

@Injectable()
class PlanRule implements AccessRule<[plan: string], 'org', 'plan_required'> {
  readonly name = 'plan';
  readonly requires = ['org'] as const;
  readonly denials = { plan_required: 402 } as const;

  authorize({ org }: AccessCall<'org'>, plan: string) {
    asked.push(`${org.orgId === '' ? '' : 'org'} ${plan}`);
    return plan === 'pro';
  }
}

@Injectable()
class EditorRule implements AccessRule {
  readonly name = 'editor';

  async authorize(call: AccessCall) {
    asked.push('editor');
    return (await call.load(DocumentLoader)) !== null;
  }
}

@Injectable()
class DocumentLoader implements ResourceLoader<{ orgId: string }> {
  readonly name = 'document';
  readonly id = fromInput('documentId');

  load(): null {
    asked.push('document');
    return null;
  }

  orgId({ orgId }: { orgId: string }) {
    return orgId;
  }
}

const RequirePlan = accessRule(PlanRule);
const RequireEditor = accessRule(EditorRule);

const documents = classOf('DocumentsController', [Controller()], {
  create: [Get('orgs/:orgId/exports'), RequirePlan('pro'), RequireOrgRole('Admin')],
  show: [
    Get('documents/:documentId'),
    RequireEditor(),
    RequireOrgMember({ org: orgOf(DocumentLoader) }),
  ],
  share: [Get('shared/:documentId'), RequireEditor(), OptionalCaller()],
});
CurrentResource(DocumentLoader)(documents.prototype as object, 'show', 0);

const plans = classOf('PlansResolver', [Resolver()], {
  plans: [Query(() => String, { name: 'plans' }), RequireEditor(), RequireUser()],
});

const start = (...others: object[]) =>
  startMatrixApplication({
    imports: [graphqlModule()],
    controllers: [documents],
    providers: [PlanRule, EditorRule, DocumentLoader, plans, ...(others as never[])],
  });

beforeEach(() => {
  asked = [];
});

describe('toHold() of rules of the application', () => {
  it('tries all callers with rules that let in, and needs no rows', async () => {
    const { app } = await start();
    const { tried } = await expectAccess(app).toHold();
    expect(tried).toHaveLength(4);
    expect(asked).toEqual([]);
  });

  it('asks those that are real, and those whom they deny are found', async () => {
    const { app } = await start();
    const except = ['GET /documents/:documentId', 'GET /shared/:documentId', 'Query.plans'];
    await expectAccess(app).toHold({ realRules: [PlanRule], except });
    expect(new Set(asked)).toEqual(new Set(['org pro']));
    const message = await messageOf(expectAccess(app).toHold({ realRules: [EditorRule] }));
    expect(message).toContain('GET /shared/:documentId');
    expect(asked).toContain('editor');
  });

  it.each([
    ['replaced', []],
    ['real', [PlanRule, EditorRule]],
  ])('finds %s ones that are not enforced', async (_what, realRules) => {
    const { app } = await start();
    const { ProbedVerdicts } =
      await import('../../../lib/testing/access-matrix/probed-providers.js');
    jest.spyOn(ProbedVerdicts.prototype, 'of').mockResolvedValue(true);
    const message = await messageOf(expectAccess(app).toHold({ realRules }));
    expect(message).toContain("allows a caller whom the rule 'plan' denies.");
    expect(message).toContain("allows a caller whom the rule 'editor' denies.");
  });
});
