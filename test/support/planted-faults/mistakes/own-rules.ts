import { Controller, Get, Injectable } from '@nestjs/common';
import {
  accessRule,
  CurrentResource,
  fromQuery,
  OverrideRules,
  RequireAnyOf,
  RequireOrgMember,
  RequireOrgRole,
  orgFromQuery,
  type AccessRule,
  type ResourceLoader,
} from 'nestjs-propelauth';
import { ACME_ID, carol, GLOBEX, GLOBEX_ID, userIn } from '../../project.js';
import { ForAdmins, reportsUnder, SECRET, type Mistake } from './mistake.js';

const org = orgFromQuery();

/** Should let in editors alone. */
@Injectable()
class EditorRule implements AccessRule {
  readonly name = 'editor';

  authorize() {
    return true;
  }
}

const RequireEditor = accessRule(EditorRule);

interface Report {
  readonly orgId: string;
  readonly text: string;
}

/** Says nothing about the organization of its rows. */
@Injectable()
class ReportLoader implements ResourceLoader<Report> {
  readonly name = 'report';
  readonly id = fromQuery('report');

  load(_call: unknown, id: string): Report {
    return { orgId: id, text: id === ACME_ID ? SECRET : 'another report' };
  }
}

@Controller('reports')
class RowsController {
  @Get()
  @ForAdmins()
  show(@CurrentResource(ReportLoader) report: Report) {
    return report.text;
  }
}

/** Mistakes with rules of the application, and with what combines rules. */
export const MISTAKES_WITH_OWN_RULES: readonly Mistake[] = [
  {
    what: '`@OverrideRules()` left on a handler, in a class with a rule',
    plant: () => ({
      controllers: [
        reportsUnder([OverrideRules(), RequireOrgMember({ org })], { classes: [ForAdmins()] }),
      ],
    }),
    intruder: carol,
    result: 'unauthorized access',
    notices: ['–', '–', 'shows'],
  },
  {
    what: '`@RequireAnyOf()` with a rule that more callers meet',
    plant: () => ({
      controllers: [
        reportsUnder([
          RequireAnyOf(RequireOrgRole('Admin', { org }), RequireOrgRole('Member', { org })),
        ]),
      ],
    }),
    intruder: carol,
    result: 'unauthorized access',
    notices: ['–', '–', 'shows'],
  },
  {
    what: 'a rule of the application that no module provides',
    plant: () => ({ controllers: [reportsUnder([RequireOrgMember({ org }), RequireEditor()])] }),
    intruder: carol,
    result: 'does not start',
    notices: ['fails', '–', '–'],
  },
  {
    what: 'a rule of the application that lets everybody in',
    plant: () => ({
      controllers: [reportsUnder([RequireOrgMember({ org }), RequireEditor()])],
      providers: [EditorRule],
    }),
    meant: 'members of the org in query orgId, editor',
    intruder: carol,
    result: 'unauthorized access',
    notices: ['–', '–', '–'],
    advice: 'Test each rule with `accessCall()`.',
  },
  {
    what: 'a loader without `orgId()`, whose rows belong to organizations',
    plant: () => ({ controllers: [RowsController], providers: [ReportLoader] }),
    meant: 'Admin and above of the org in query orgId, with report',
    path: `/reports?orgId=${ACME_ID}&report=${ACME_ID}`,
    intruder: userIn('grace', { ...GLOBEX, role: 'Owner' }),
    intruderPath: `/reports?orgId=${GLOBEX_ID}&report=${ACME_ID}`,
    result: 'unauthorized access',
    notices: ['–', '–', '–'],
    advice: 'Write `orgId()` in the loader.',
  },
];
