import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Controller, Get } from '@nestjs/common';
import { PropelAuthModule, RequireUser } from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { startApplication } from '../support/application.js';

/** Where the sources are that the tests run: see test/runner/. */
const COMPILED = join(import.meta.dirname, '../..');

/** The folders of lib/, in the order of their imports. */
const { LAYERS } = (await import(resolve('.dependency-cruiser.mjs'))) as {
  LAYERS: readonly string[];
};

@Controller()
class HelloController {
  @Get()
  @RequireUser()
  hello() {
    return 'Hello';
  }
}

/** The files of lib/ that the second request with a token runs through. */
async function filesOfWarmRequest(): Promise<string[]> {
  const issuer = await TestIssuer.create();
  const application = await startApplication({
    imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
    controllers: [HelloController],
  });
  const token = await issuer.accessToken({ email: 'alice@example.com' });
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    await request(application.url).get('/').auth(token, { type: 'bearer' }).expect(200);
    // Taking the coverage resets the counts.
    await session.post('Profiler.takePreciseCoverage');
    await request(application.url).get('/').auth(token, { type: 'bearer' }).expect(200);
    const { result } = await session.post('Profiler.takePreciseCoverage');
    return result
      .filter(({ functions }) => functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0))
      .filter(({ url }) => url.startsWith('file:'))
      .map(({ url }) => relative(COMPILED, fileURLToPath(url)).replace(/\.js$/, '.ts'))
      .filter((file) => file.startsWith('lib/'))
      .toSorted();
  } finally {
    session.disconnect();
    await application.close();
  }
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}

/** The folders of lib/ in the first column of the table that CONTRIBUTING.md has of them. */
function foldersIn(page: string): string[] {
  const [, rows = ''] = /^\| folder +\| contents +\|\n\|[- |]+\|\n((?:\|.*\n)*)/m.exec(page) ?? [];
  const cells = rows.split('\n').map((row) => row.split('|')[1] ?? '');
  return cells.flatMap((cell) =>
    [...cell.matchAll(/`([\w/-]+?)\/?`/g)].map(([, name]) => name ?? ''),
  );
}

describe('The architecture page', () => {
  it('lists the files that a request with a cached token passes through, at most eight', async () => {
    const files = await filesOfWarmRequest();
    expect(files.length).toBeLessThanOrEqual(8);
    const page = read('docs/architecture.md');
    const named = [...page.matchAll(/^\d+\. `(lib\/[\w./-]+)`/gm)].map(
      ([, file]) => file as string,
    );
    expect(named.toSorted()).toEqual(files);
  });
});

describe('CONTRIBUTING.md', () => {
  it('shows the order of folders that the lint enforces', () => {
    expect(foldersIn(read('CONTRIBUTING.md'))).toEqual(LAYERS.toReversed());
  });
});
