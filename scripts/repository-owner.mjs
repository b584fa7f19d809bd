/*
 * Sets the GitHub account that owns the repository, in package.json and in each page that links there or to the site: npm run set-owner -- acme.
 * Without an account it fails while package.json has none, so that nothing is published whose links lead nowhere.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'nestjs-propelauth';
const FIX = 'Run npm run set-owner -- <GitHub account>.';

/** Whether GitHub allows the name for an account. The placeholder is none, for its underscore. */
function isAccount(name) {
  return /^[a-z\d](?:-?[a-z\d]){0,38}$/i.test(name);
}

function readOwner() {
  const { repository } = JSON.parse(readFileSync('package.json', 'utf8'));
  return new RegExp(`github\\.com/([^/]+)/${NAME}\\.git$`).exec(repository.url)[1];
}

/** All that name the owner: package.json and the pages. */
function listFiles() {
  const guides = readdirSync('docs', { recursive: true }).map((file) => join('docs', file));
  const pages = [...readdirSync('.'), ...guides].filter((file) => file.endsWith('.md'));
  return ['package.json', ...pages];
}

function setOwner(owner) {
  if (!isAccount(owner)) throw new Error(`"${owner}" is not the name of a GitHub account. ${FIX}`);
  const before = readOwner();
  for (const file of listFiles()) {
    const text = readFileSync(file, 'utf8');
    const changed = text
      .replaceAll(`github.com/${before}/${NAME}`, `github.com/${owner}/${NAME}`)
      .replaceAll(`${before}.github.io/${NAME}`, `${owner}.github.io/${NAME}`);
    if (changed === text) continue;
    writeFileSync(file, changed);
    console.log(file);
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
