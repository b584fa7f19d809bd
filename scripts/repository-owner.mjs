/*
 * Writes the address of the repository, which only its owner knows, into what is published: npm run set-owner -- acme.
 * Without an account it fails while package.json has no address, so that nothing is published that leads nowhere.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const FIX = 'Run npm run set-owner -- <GitHub account>.';
const MESSAGES = 'schematics/nest-add/manual-set-up.error.ts';
const CODE_OWNERS = '.github/CODEOWNERS';

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Whether GitHub allows the name for an account. */
function isAccount(name) {
  return name.length <= 39 && /^[a-z\d]+(?:-[a-z\d]+)*$/i.test(name);
}

/** What npm shows of a package, and compares with where it was built. */
function addressesOf(owner, directory) {
  const repository = `https://github.com/${owner}/nestjs-propelauth`;
  return {
    homepage: siteOf(owner),
    bugs: { url: `${repository}/issues` },
    repository: { type: 'git', url: `git+${repository}.git`, directory },
  };
}

function siteOf(owner) {
  return `https://${owner}.github.io/nestjs-propelauth/`;
}

/** Adds the addresses where npm's own commands put them, after the keywords. */
function addAddresses(file, owner, directory) {
  const { name, version, description, keywords, ...others } = readJson(file);
  const packageJson = {
    name,
    version,
    description,
    keywords,
    ...addressesOf(owner, directory),
    ...others,
  };
  writeFileSync(file, `${JSON.stringify(packageJson, null, 2)}\n`);
}

function setOwner(owner) {
  if (!isAccount(owner)) throw new Error(`"${owner}" is not the name of a GitHub account. ${FIX}`);
  const { homepage } = readJson('package.json');
  if (homepage !== undefined) throw new Error(`package.json names ${homepage} already.`);
  addAddresses('package.json', owner);
  addAddresses('emulator/package.json', owner, 'emulator');
  const messages = readFileSync(MESSAGES, 'utf8');
  const site = siteOf(owner).replace(/\/$/, '');
  writeFileSync(MESSAGES, messages.replace("DOCS = 'docs'", `DOCS = '${site}'`));
  writeFileSync(CODE_OWNERS, `* @${owner}\n`);
}

function checkOwner() {
  if (readJson('package.json').repository !== undefined) return;
  throw new Error(`package.json does not say where the repository is. ${FIX}`);
}

const [owner] = process.argv.slice(2);
try {
  if (owner === undefined) checkOwner();
  else setOwner(owner);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
