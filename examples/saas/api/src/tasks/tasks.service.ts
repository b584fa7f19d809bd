import { Injectable, NotFoundException } from '@nestjs/common';
import { and, asc, eq } from 'drizzle-orm';
import { Database } from '../database/database.service.js';
import { tasks } from '../database/schema.js';
import { ProjectsService } from '../projects/projects.service.js';

@Injectable()
export class TasksService {
  constructor(
    private readonly database: Database,
    private readonly projects: ProjectsService,
  ) {}

  list(projectId: string) {
    return this.database.inOrg((tx) =>
      tx.select().from(tasks).where(eq(tasks.projectId, projectId)).orderBy(asc(tasks.title)),
    );
  }

  listOpen() {
    return this.database.inOrg((tx) => tx.select().from(tasks).where(eq(tasks.done, false)));
  }

  create(projectId: string, title: string) {
    return this.database.inOrg(async (tx) => {
      await this.projects.lockOpen(tx, projectId);
      const [task] = await tx.insert(tasks).values({ projectId, title }).returning();
      return task;
    });
  }

  update(projectId: string, taskId: string, change: { done?: boolean; assigneeId?: string }) {
    return this.database.inOrg(async (tx) => {
      await this.projects.lockOpen(tx, projectId);
      const wanted = and(eq(tasks.projectId, projectId), eq(tasks.id, taskId));
      const [task] = await tx.update(tasks).set(change).where(wanted).returning();
      if (!task) throw new NotFoundException('This task does not exist.');
      return task;
    });
  }
}
