/*
 * Sets the GitHub account that owns the repository, in each file that names it: npm run set-owner -- acme.
 * Without an account it fails while package.json has none, so that nothing is published whose links lead nowhere.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const NAME = 'nestjs-propelauth';
const FIX = 'Run npm run set-owner -- <GitHub account>.';

/** Whether GitHub allows the name for an account. It does not allow the placeholder, which has an underscore. */
function isAccount(name) {
  return name.length <= 39 && /^[a-z\d]+(?:-[a-z\d]+)*$/i.test(name);
}

function readOwner() {
  const { repository } = JSON.parse(readFileSync('package.json', 'utf8'));
  return new RegExp(`github\\.com/([^/]+)/${NAME}\\.git$`).exec(repository.url)[1];
}

/** All that could name the owner: what git tracks or would, as far as it is text. */
function listFiles() {
  const options = ['--cached', '--others', '--exclude-standard', '-z'];
  const output = execFileSync('git', ['ls-files', ...options], { encoding: 'utf8' });
  return output.split('\0').filter((file) => file !== '');
}

/** Where a file names the owner: in addresses of the repository and of its pages, and as a code owner. The placeholder is nothing else. */
function placesOf(owner) {
  return isAccount(owner)
    ? new RegExp(
        `(?<=github\\.com/|['"])${owner}(?=/${NAME}\\b)|\\b${owner}(?=\\.github\\.io/${NAME}\\b)|(?<=^\\* @)${owner}$`,
        'gm',
      )
    : new RegExp(owner, 'g');
}

function setOwner(owner) {
  if (!isAccount(owner)) throw new Error(`"${owner}" is not the name of a GitHub account. ${FIX}`);
  const places = placesOf(readOwner());
  for (const file of listFiles()) {
    const text = readText(file);
    const changed = text?.replaceAll(places, owner);
    if (changed === text) continue;
    writeFileSync(file, changed);
    console.log(file);
  }
}

/** `undefined` for what is no text, such as a picture, and for a file that was removed. */
function readText(file) {
  try {
    return new TextDecoder('utf8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch {
    return undefined;
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
