// Runs a command with the PostgreSQL of a variable, or with PGlite in this process. DATABASE_URL can be production's, so it is not used.
import { spawn } from 'node:child_process';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';

async function startDatabase(folder) {
  const db = await PGlite.create(folder);
  await migrate(drizzle(db), { migrationsFolder: 'api/migrations' });
  await db.exec('set role saas_app'); // As in production: policies do not apply to superusers.
  const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 20 });
  await server.start();
  return `postgres://saas_app@${server.getServerConn()}/postgres`;
}

const [variable, folder, ...words] = process.argv.slice(2);
process.env.DATABASE_URL = process.env[variable] ?? (await startDatabase(folder));
const child = spawn(words.join(' '), { shell: true, stdio: 'inherit' });
process.on('SIGINT', () => {}); // The terminal sends Ctrl-C to the command as well, which ends first.
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => process.exit(code ?? 1));
