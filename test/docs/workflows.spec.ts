import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { registerCleanup } from '../support/clean-up.js';

const SCRIPT = resolve('scripts/lint-workflows.mjs');
const CI = '.github/workflows/ci.yml';
const BUG = '.github/ISSUE_TEMPLATE/bug.yml';

/** What the lint prints for `.github/` of the repository after an edit, which is written to another file if that is named. */
function lint(path: string, find: string, replacement: string, target = path): string {
  const folder = mkdtempSync(join(tmpdir(), 'workflows-'));
  registerCleanup(() => rmSync(folder, { recursive: true }));
  for (const copied of ['.github', 'examples', 'bench']) {
    cpSync(copied, join(folder, copied), {
      recursive: true,
      filter: (source) => !source.includes('node_modules'),
    });
  }
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(find);
  writeFileSync(join(folder, target), text.replace(find, replacement));
  const { status, stderr } = spawnSync(process.execPath, [SCRIPT], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(status).toBe(stderr === '' ? 0 : 1);
  return stderr;
}

describe('The lint of .github/', () => {
  it('passes what the repository has', () => {
    expect(lint(CI, 'name: CI', 'name: CI')).toBe('');
  });

  it.each([
    ['  pull_request:', '  pull_request_target:', /pull_request_target runs with secrets/],
    ['permissions:\n  contents: read', 'permissions: write-all', /permissions grants all/],
    ['permissions:\n  contents: read\n', '', /permissions is missing/],
    ['    timeout-minutes: 30\n', '    permissions: write-all\n', /timeout-minutes is missing/],
    ['    timeout-minutes: 30\n', '    permissions: write-all\n', /of the job test grants all/],
    ['run: npm test', 'run: echo ${{ github.event.pull_request.title }}', /untrusted/],
    ['runs-on: ubuntu-latest', 'runs-on: nothing', /label "nothing" is unknown/],
    [/uses: .*/.exec(readFileSync(CI, 'utf8'))![0], 'uses: actions/checkout@v6', /Pin the action/],
  ])('complains about a workflow with %j replaced by %j', (find, replacement, complaint) => {
    expect(lint(CI, find, replacement)).toMatch(complaint);
  });

  it('reads workflows whose name ends in .yaml', () => {
    const target = '.github/workflows/other.yaml';
    expect(lint(CI, '    timeout-minutes: 30\n', '', target)).toContain(`${target}: timeout`);
  });

  it.each([
    ['type: input', 'type: text', /There is no field of type text/],
    ['id: expected', 'id: happens', /Two fields have the same id/],
    ['options: [', 'choices: [', /options is missing/],
  ])('complains about a form with %j replaced by %j', (find, replacement, complaint) => {
    expect(lint(BUG, find, replacement)).toMatch(complaint);
  });
});
