/*
 * Sets the GitHub account that owns the repository in the files that name it: npm run set-owner -- acme.
 * Without an account it fails while package.json has none, so that nothing is published whose links lead nowhere.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FIX = 'Run npm run set-owner -- <GitHub account>.';

/** Whether GitHub allows the name for an account. It does not allow the placeholder, which has an underscore. */
function isAccount(name) {
  return name.length <= 39 && /^[a-z\d]+(?:-[a-z\d]+)*$/i.test(name);
}

function readOwner() {
  const { repository } = JSON.parse(readFileSync('package.json', 'utf8'));
  return /github\.com\/([^/]+)\//.exec(repository.url)[1];
}

function listFiles() {
  const entries = readdirSync('.github', { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const inSchematics = join('schematics', 'nest-add', 'manual-set-up.error.ts');
  return [
    'package.json',
    inSchematics,
    ...files.map(({ parentPath, name }) => join(parentPath, name)),
  ];
}

function setOwner(owner) {
  if (!isAccount(owner)) throw new Error(`"${owner}" is not the name of a GitHub account. ${FIX}`);
  const placeholder = readOwner();
  if (isAccount(placeholder)) throw new Error(`package.json names ${placeholder} already.`);
  for (const file of listFiles()) {
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(placeholder, owner));
  }
}

function checkOwner() {
  const owner = readOwner();
  if (isAccount(owner)) return;
  throw new Error(`package.json names ${owner} as the owner of the repository. ${FIX}`);
}

const [owner] = process.argv.slice(2);
try {
  if (owner === undefined) checkOwner();
  else setOwner(owner);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
