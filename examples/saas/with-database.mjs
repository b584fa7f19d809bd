// Runs a command with DATABASE_URL, or with a PostgreSQL in this process, for development and tests: PGlite.
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

const isInMemory = process.argv[2] === '--in-memory';
const command = process.argv.slice(isInMemory ? 3 : 2).join(' ');
process.env.DATABASE_URL ??= await startDatabase(isInMemory ? 'memory://' : '.database');
const child = spawn(command, { shell: true, stdio: 'inherit' });
process.on('SIGINT', () => {}); // The terminal sends Ctrl-C to the command as well, which ends first.
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => process.exit(code ?? 1));
