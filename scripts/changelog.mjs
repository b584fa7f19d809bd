/*
 * Makes a chapter of CHANGELOG.md from the changesets: npm run version-packages runs it before `changeset version`, which removes them and
 * would write the changelog in a format of its own. What stands under "Unreleased" already comes first.
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
  const changes = changesets.flatMap(({ summary, releases: kinds }) =>
    kinds.map(({ type }) => ({ type, summary })),
  );
  return { version: releases[0]?.newVersion, changes };
}

function chapterOf(changes) {
  return Object.entries(TITLES)
    .map(([type, title]) => [title, changes.filter((change) => change.type === type)])
    .filter(([, ofType]) => ofType.length > 0)
    .map(([title, ofType]) => `### ${title}\n\n${ofType.map(lineOf).join('\n')}\n`)
    .join('\n');
}

function lineOf({ summary }) {
  return `- ${summary.trim().replaceAll('\n', '\n  ')}`;
}

const UNRELEASED = /^## Unreleased\n+/m;
const FIRST_CHAPTER = /^## /m;

function withVersion(changelog, version, day, chapter) {
  const title = `## ${version} (${day})\n\n`;
  if (!UNRELEASED.test(changelog)) {
    return changelog.replace(FIRST_CHAPTER, () => `${title}${chapter}\n## `);
  }
  const [before, after] = changelog.split(UNRELEASED);
  const [unreleased, ...older] = after.split(/^(?=## )/m);
  const chapters = [unreleased.trim(), chapter.trim()].filter((text) => text !== '');
  return `${before}${title}${chapters.join('\n\n')}\n${older.length > 0 ? `\n${older.join('')}` : ''}`;
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
