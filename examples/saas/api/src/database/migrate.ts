import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';

const db = drizzle(process.env.MIGRATIONS_URL!); // A superuser: the migrations create roles.
await migrate(db, { migrationsFolder: 'migrations' });
await db.$client.end();
