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

  find(projectId: string) {
    return this.database.inOrg(async (tx) => {
      const [project] = await tx.select().from(projects).where(eq(projects.id, projectId));
      if (!project) throw new NotFoundException('This project does not exist.');
      return project;
    });
  }

  /** Compares ids here: the rule that asks gets any text, and PostgreSQL fails for one that is no UUID. */
  isLead(projectId: string | undefined, userId: string) {
    return this.database.inOrg(async (tx) => {
      const led = await tx.select().from(projects).where(eq(projects.leadId, userId));
      return led.some(({ id }) => id === projectId);
    });
  }

  create(name: string, leadId: string) {
    return this.database.inOrg(async (tx) => {
      const [project] = await tx.insert(projects).values({ name, leadId }).returning();
      return project;
    });
  }

  archive(projectId: string) {
    return this.database.inOrg(async (tx) => {
      await this.lockOpen(tx, projectId, 'update');
      await tx.update(projects).set({ archivedAt: new Date() }).where(eq(projects.id, projectId));
    });
  }

  /** Nobody archives the project until `tx` ends. Another organization's project is not found: the policy hides it. */
  async lockOpen(tx: Transaction, projectId: string, lock: 'share' | 'update' = 'share') {
    const [project] = await tx.select().from(projects).where(eq(projects.id, projectId)).for(lock);
    if (!project) throw new NotFoundException('This project does not exist.');
    if (project.archivedAt) throw new ConflictException('This project is archived.');
  }
}
