/*
 * Makes a chapter of CHANGELOG.md from the changesets: npm run version-packages runs it before `changeset version`, which removes them and
 * would write the changelog in a format of its own. The text below "Unreleased" comes first.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The title of a change, by its kind. */
const TITLES = { major: 'Breaking changes', minor: 'Added and changed', patch: 'Fixed' };

/** What the changesets of a folder come to: the next version, and each change with its kind. Changesets' own package reads them. */
async function readChangesets(folder) {
  const require = createRequire(import.meta.resolve('@changesets/cli/package.json'));
  const { default: getReleasePlan } = require('@changesets/get-release-plan');
  const { changesets, releases } = await getReleasePlan(folder);
  const changes = changesets.flatMap(({ id, summary, releases: kinds }) =>
    kinds.map(({ type }) => ({ id, type, summary })),
  );
  const release = releases.find(({ type }) => type !== 'none');
  return { version: release?.newVersion, changes };
}

function chapterOf(changes) {
  return Object.entries(TITLES)
    .map(([type, title]) => [title, changes.filter((change) => change.type === type)])
    .filter(([, ofType]) => ofType.length > 0)
    .map(([title, ofType]) => `### ${title}\n\n${ofType.map(lineOf).join('\n')}\n`)
    .join('\n');
}

/** The lines of a changeset as an item of a list, unless they are a list. */
function lineOf({ id, summary }) {
  const text = summary.trim();
  if (text === '') throw new Error(`.changeset/${id}.md has no lines for the changelog.`);
  return text.startsWith('- ') ? text : `- ${text.replaceAll(/\n(?=.)/g, '\n  ')}`;
}

const UNRELEASED = /^## Unreleased\s*/;

function withVersion(changelog, version, day, text) {
  const [before, ...chapters] = changelog.split(/^(?=## )/m);
  const isUnreleased = UNRELEASED.test(chapters[0] ?? '');
  const unreleased = isUnreleased ? chapters.shift().replace(UNRELEASED, '') : '';
  return [before, `## ${version} (${day})`, unreleased, text, ...chapters]
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

const folder = process.cwd();
const { version, changes } = await readChangesets(folder);
if (version === undefined) {
  console.log('There are no changesets.');
} else {
  const changelog = readFileSync('CHANGELOG.md', 'utf8');
  const day = new Date().toISOString().slice(0, 10);
  writeFileSync('CHANGELOG.md', withVersion(changelog, version, day, chapterOf(changes)));
  console.log(`CHANGELOG.md: ${version}`);
}
