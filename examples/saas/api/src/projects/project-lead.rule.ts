import { Injectable } from '@nestjs/common';
import { type AccessCall, type AccessRule, accessRule, fromParam } from 'nestjs-propelauth';
import { CallerContext } from 'nestjs-propelauth/cls';
import { ProjectsService } from './projects.service.js';

/** A role that PropelAuth does not know, because it belongs to a row: who created a project leads it. */
@Injectable()
export class ProjectLeadRule implements AccessRule<[], 'org' | 'userId', 'not_the_lead'> {
  readonly name = 'project-lead';
  readonly requires = ['org', 'userId'] as const;
  readonly denials = { not_the_lead: 403 } as const;

  constructor(
    private readonly caller: CallerContext,
    private readonly projects: ProjectsService,
  ) {}

  authorize({ org, userId, read }: AccessCall<'org' | 'userId'>) {
    const projectId = read(fromParam('projectId'));
    return this.caller.run({ org }, () => this.projects.isLead(projectId, userId));
  }
}

export const RequireProjectLead = accessRule(ProjectLeadRule);
