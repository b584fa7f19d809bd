/*
 * A PostgreSQL of the tests' own, from Debian's package: on a free port of 127.0.0.1, in a folder that goes with it.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../package/free-port.mjs';

/** PostgreSQL and PgBouncer refuse to run as root. */
const isRoot = process.getuid?.() === 0;

/** A program, as the user whom Debian's package makes where we are root. */
function asUser(program, ...words) {
  return isRoot ? ['runuser', ['-u', 'postgres', '--', program, ...words]] : [program, words];
}

function runAsUser(program, ...words) {
  const [file, all] = asUser(program, ...words);
  return execFileSync(file, all, {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    cwd: '/',
  });
}

function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-propelauth-postgres-'));
  if (isRoot) {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'])));
    chownSync(folder, uid, gid);
  }
  chmodSync(folder, 0o700);
  return folder;
}

/** Debian keeps the programs of the server beside each other by version, and out of PATH. */
function serverProgram(name) {
  const [version] = readdirSync('/usr/lib/postgresql').toSorted(
    (one, other) => Number(other) - Number(one),
  );
  return `/usr/lib/postgresql/${version}/bin/${name}`;
}

/**
 * @returns {Promise<{ port: number, url: (user: string) => string, run: (user: string, file: string) => string, stop: () => Promise<void> }>}
 */
export async function startPostgres() {
  const folder = newFolder();
  const port = await findFreePort();
  runAsUser(serverProgram('initdb'), '-D', folder, '-U', 'postgres', '-A', 'trust', '--no-sync');
  const [file, words] = asUser(
    serverProgram('postgres'),
    '-D',
    folder,
    '-p',
    String(port),
    '-k',
    folder,
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'fsync=off',
  );
  const server = spawn(file, words, { stdio: ['ignore', 'ignore', 'inherit'], cwd: '/' });
  const url = (user) => `postgres://${user}@127.0.0.1:${port}/postgres`;
  // pg_isready asks in the way that clients connect, and is asked anew until the server listens.
  for (;;) {
    try {
      execFileSync('pg_isready', ['-q', '-h', '127.0.0.1', '-p', String(port)]);
      break;
    } catch {
      if (server.exitCode !== null) throw new Error('PostgreSQL did not start.');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return {
    port,
    url,
    /** Runs a file of SQL statements as a user, all or nothing. */
    run: (user, sqlFile) =>
      execFileSync('psql', ['-X', '-q', '-1', '-v', 'ON_ERROR_STOP=1', '-f', sqlFile, url(user)], {
        encoding: 'utf8',
      }),
    async stop() {
      if (server.exitCode === null) {
        const ended = once(server, 'exit');
        // "Fast shutdown": it does not wait for clients.
        if (isRoot) execFileSync('pkill', ['-INT', '-P', String(server.pid)]);
        else server.kill('SIGINT');
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
