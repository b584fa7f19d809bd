import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { asc, eq } from 'drizzle-orm';
import { Database, type Transaction } from '../database/database.service.js';
import { projects } from '../database/schema.js';

@Injectable()
export class ProjectsService {
  constructor(private readonly database: Database) {}

  list() {
    return this.database.inOrg((tx) => tx.select().from(projects).orderBy(asc(projects.name)));
  }

  create(name: string) {
    return this.database.inOrg(async (tx) => {
      const [project] = await tx.insert(projects).values({ name }).returning();
      return project;
    });
  }

  archive(projectId: string) {
    return this.database.inOrg(async (tx) => {
      const { id } = await this.requireOpen(tx, projectId);
      const change = { archivedAt: new Date() };
      const [project] = await tx
        .update(projects)
        .set(change)
        .where(eq(projects.id, id))
        .returning();
      return project;
    });
  }

  /** Another organization's project is not found: the policy hides it. */
  async requireOpen(tx: Transaction, projectId: string) {
    const [project] = await tx.select().from(projects).where(eq(projects.id, projectId));
    if (!project) throw new NotFoundException('This project does not exist.');
    if (project.archivedAt) throw new ConflictException('This project is archived.');
    return project;
  }
}
