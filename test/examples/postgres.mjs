/*
 * A PostgreSQL of the tests' own, from Debian's package: on a free port of 127.0.0.1, in a folder that goes with it.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../package/free-port.mjs';

/** PostgreSQL rejects to run as root. */
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

function spawnServer(program, ...words) {
  const [file, all] = asUser(program, ...words);
  return spawn(file, all, { stdio: ['ignore', 'ignore', 'inherit'], cwd: '/' });
}

async function untilReady(server, port) {
  for (;;) {
    try {
      execFileSync('pg_isready', ['-q', '-U', 'postgres', '-h', '127.0.0.1', '-p', String(port)]);
      return;
    } catch {
      if (server.exitCode !== null) throw new Error(`${server.spawnargs.join(' ')} did not start.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function stopServer(server, folder) {
  if (server.exitCode === null) {
    const ended = once(server, 'exit');
    // Ends PostgreSQL without waiting for its clients.
    if (isRoot) execFileSync('pkill', ['-INT', '-P', String(server.pid)]);
    else server.kill('SIGINT');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
}

/** Debian keeps the programs of each version beside each other, and out of PATH. The newest one is used. */
function programFolder() {
  const [version] = readdirSync('/usr/lib/postgresql').toSorted(
    (one, other) => Number(other) - Number(one),
  );
  return `/usr/lib/postgresql/${version}/bin`;
}

/** @returns {Promise<{ url: (user: string) => string, stop: () => Promise<void> }>} */
export async function startPostgres() {
  const folder = newFolder();
  const port = await findFreePort();
  const programs = programFolder();
  runAsUser(join(programs, 'initdb'), '-D', folder, '-U', 'postgres', '-A', 'trust', '--no-sync');
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: folder,
    fsync: 'off',
    // Tests make errors on purpose.
    log_min_messages: 'panic',
  };
  const words = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  const server = spawnServer(join(programs, 'postgres'), '-D', folder, ...words);
  await untilReady(server, port);
  return {
    url: (user) => `postgres://${user}@127.0.0.1:${port}/postgres`,
    stop: () => stopServer(server, folder),
  };
}
