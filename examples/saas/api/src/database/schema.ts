import { boolean, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** Without `org_id`: PostgreSQL sets it, and filters by it. */
export const projects = pgTable('projects', {
  id: uuid('id').primaryKey().defaultRandom(),
  name: text('name').notNull(),
  leadId: text('lead_id'),
  archivedAt: timestamp('archived_at', { withTimezone: true }),
});

export const tasks = pgTable('tasks', {
  id: uuid('id').primaryKey().defaultRandom(),
  projectId: uuid('project_id').notNull(),
  title: text('title').notNull(),
  assigneeId: text('assignee_id'),
  done: boolean('done').notNull().default(false),
});
