/*
 * Makes applications with the Nest CLI 11 and 12, installs the packed package and runs `nest add` there, as a user would. What it adds
 * has to build, to pass the linter and the tests of the application, and to run with the emulator, without a PropelAuth account.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { environmentFor, npm, run } from '../compat/command.mjs';
import { installNodeVersions } from '../compat/node-versions.mjs';
import { findFreePort } from './free-port.mjs';
import { readUntil } from './output.mjs';
import { pack, packEmulator } from './packed-package.mjs';
import { untilReachable } from './reachable.mjs';

const QUIET = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
const NEST = 'node_modules/@nestjs/cli/bin/nest.js';
const NEW = ['--skip-git', '--skip-install', '--package-manager', 'npm'];
const root = resolve(import.meta.dirname, '../..');
const workspace = mkdtempSync(join(tmpdir(), 'nest-add-'));

/** Each with how it is made, what is in it besides, and the options of `nest add`. */
const APPLICATIONS = [
  {
    title: 'Nest CLI 11: CommonJS, Jest and ESLint',
    name: 'nest-11',
    make: async (name) => {
      const folder = join(workspace, 'cli-11');
      mkdirSync(folder);
      await npm(['install', '--prefix', folder, ...QUIET, '@nestjs/cli@11'], { cwd: folder });
      await runNode([join(folder, NEST), 'new', name, ...NEW], workspace);
    },
    options: ['--swagger', '--webhooks'],
  },
  {
    title: 'Nest CLI 12: ES modules, Vitest and oxlint',
    name: 'nest-12',
    make: (name) => runNode([join(root, 'scripts', NEST), 'new', name, ...NEW], workspace),
    options: ['--swagger', '--webhooks'],
  },
  {
    title: 'Nest CLI 12: CommonJS and Jest, with ConfigModule',
    name: 'nest-12-commonjs',
    // What the Nest CLI runs when CommonJS is chosen at its prompt.
    make: async (name) => {
      const schematics = createRequire(join(root, 'scripts', NEST)).resolve(
        '@angular-devkit/schematics-cli/bin/schematics.js',
      );
      const application = '@nestjs/schematics:application';
      await runNode(
        [schematics, application, `--name=${name}`, '--type=cjs', '--language=ts'],
        workspace,
      );
      const path = join(workspace, name, 'src/app.module.ts');
      const text = readFileSync(path, 'utf8')
        .replace('imports: []', 'imports: [ConfigModule.forRoot()]')
        .replace('import', "import { ConfigModule } from '@nestjs/config';\nimport");
      writeFileSync(path, text);
    },
    packages: ['@nestjs/config'],
    // Nest 12 is ES modules, which Jest in CommonJS mode loads on Node.js 24.9 and newer.
    needsNewestNode: true,
    options: ['--webhooks'],
  },
];

let tarballs;

function runNode(args, cwd) {
  return run(process.execPath, args, { cwd });
}

/** A project of one of the applications. */
function projectIn(cwd) {
  const git = (...args) => run('git', args, { cwd });
  return {
    cwd,
    npm: (...args) => npm(args, { cwd }),
    nestAdd: (...options) =>
      runNode([join(cwd, NEST), 'add', 'nestjs-propelauth', '--skip-install', ...options], cwd),
    changes: () => git('status', '--porcelain'),
    commit: async () => {
      await git('add', '.');
      await git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-qm', 'commit');
    },
    init: () => git('init', '-q'),
  };
}

/** Runs the script start:local on free ports. Gives the address of the application, and what was printed. */
async function startLocally(cwd) {
  const [port, emulatorPort] = await Promise.all([findFreePort(), findFreePort()]);
  const { scripts } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
  const command = scripts['start:local']
    .replace('exec ', `exec --fresh --port ${emulatorPort} `)
    .replaceAll('localhost:3000', `localhost:${port}`);
  // A process group of its own: npm, the emulator, the Nest CLI and the application are ended together.
  const child = spawn('npm', ['exec', '-c', `${command} 2>&1`], {
    cwd,
    // What the emulator keeps ends with the folder.
    env: { ...environmentFor(), PORT: String(port), XDG_CACHE_HOME: join(workspace, 'cache') },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const output = await readUntil(child, 'successfully started');
  return { child, output, url: `http://localhost:${port}` };
}

before(async () => {
  tarballs = [await pack(workspace), await packEmulator(workspace)];
});

after(() => rm(workspace, { recursive: true, force: true }));

describe('nest add', { concurrency: true }, () => {
  for (const { title, name, make, packages = [], needsNewestNode, options } of APPLICATIONS) {
    test(title, async (t) => {
      const project = projectIn(join(workspace, name));
      await make(name);
      writeFileSync(join(project.cwd, '.gitignore'), 'node_modules\ndist\n*.tsbuildinfo\n');
      const [packed, emulator] = tarballs;
      await project.npm('install', ...QUIET, packed, ...packages);
      await project.npm('install', '--save-dev', ...QUIET, emulator);
      await project.init();
      await project.commit();

      await t.test('--dry-run says what it would do, and writes nothing', async () => {
        const output = stripVTControlCharacters(await project.nestAdd(...options, '--dry-run'));
        assert.match(output, /CREATE src\/me\/me\.controller\.ts/);
        assert.match(output, /UPDATE src\/app\.module\.ts/);
        assert.match(output, /No files written to disk/);
        assert.equal(await project.changes(), '');
      });

      await t.test('what it adds is formatted, builds and passes the linter', async () => {
        await project.nestAdd(...options);
        await project.npm('install', ...QUIET);
        await project.commit();
        await project.npm('exec', '--', 'prettier', '--check', 'src', 'test');
        await project.npm('run', 'build');
        // In an application of the Nest CLI 11, it also fixes.
        await project.npm('run', 'lint');
        assert.equal(await project.changes(), '');
      });

      await t.test('the tests of the application pass, old and new', async () => {
        const nodeDirectory = needsNewestNode
          ? (await installNodeVersions()).at(-1).directory
          : undefined;
        await npm(['test'], { cwd: project.cwd, nodeDirectory });
        const output = await npm(['run', 'test:e2e'], { cwd: project.cwd, nodeDirectory });
        for (const file of ['app', 'me', 'propelauth-events']) {
          assert.match(output, new RegExp(`test/${file}\\.e2e-spec\\.ts`));
        }
      });

      await t.test('changes nothing when it is run again, and reports that', async () => {
        assert.match(await project.nestAdd(...options), /Nothing has been changed/);
        assert.equal(await project.changes(), '');
      });

      await t.test('start:local runs it with the emulator, without an account', async () => {
        const { child, output, url } = await startLocally(project.cwd);
        try {
          assert.equal((await untilReachable(`${url}/me`)).status, 401);
          // Both commands as printed: the second calls the route that nest add has added.
          const [commands] = /TOKEN=\$\(npx .*\)\n *curl .*$/m.exec(output);
          const answer = await run(
            'sh',
            ['-c', commands.replace('curl -H', 'curl -fsS -H')],
            project,
          );
          assert.match(answer, /"email":"alice@example\.com"/);
          if (!options.includes('--swagger')) return;
          const document = await (await fetch(`${url}/docs-json`)).json();
          assert.deepEqual(document.paths['/me'].get.security, [{ bearer: [] }]);
        } finally {
          if (child.pid !== undefined) process.kill(-child.pid);
        }
      });

      await t.test('npm install --omit=dev installs nothing of the emulator', async () => {
        await project.npm('install', '--omit=dev', ...QUIET);
        // npm may leave the folder of a scope behind, empty: a package is a folder with a manifest.
        const isInstalled = (dependency) =>
          existsSync(join(project.cwd, 'node_modules', dependency, 'package.json'));
        const ofEmulator = ['propelauth-emulator', '@hono/node-server', 'hono', 'valibot'];
        assert.deepEqual(ofEmulator.filter(isInstalled), []);
        assert.ok(isInstalled('nestjs-propelauth'));
      });
    });
  }
});
