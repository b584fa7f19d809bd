/*
 * Makes llms.txt (https://llmstxt.org) of the pages, for assistants: what a model needs to use the package, and a link to each page.
 *
 * npm run docs:llms                       llms.txt and llms-full.txt (all pages), into docs/public/, for the site
 * node scripts/llms.mjs llms.txt          llms.txt alone, for the package
 * node scripts/llms.mjs --pages <folder>  each page as Markdown, to which they link, into the folder of the site
 *
 * Nothing is written here that is not on a page. Titles of pages are tasks, so the lists of links need no descriptions. The sidebar says which pages there are, and in which order.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const { name, description, homepage, repository } = JSON.parse(
  readFileSync('package.json', 'utf8'),
);
const REPOSITORY = repository?.url.replace(/^git\+|\.git$/g, '');

/** The site. Until `npm run set-owner` says where it is, links work only on it. */
const SITE = homepage ?? `/${name}/`;

/** What a model needs to know before it writes code: chapters of pages, in this order. */
const ESSENTIALS = [
  ['docs/ai-assistants.md', 'Rules for your project'],
  ['docs/ai-assistants.md', 'Imports by subpath'],
  ['docs/ai-assistants.md', 'What assistants get wrong'],
  ['docs/emulator.md', 'Start your application with the emulator'],
  ['docs/emulator.md', 'Choose the users'],
  ['docs/options.md', 'Options'],
  ['docs/decorators.md', 'Access decorators'],
  ['docs/decorators.md', 'Parameter decorators'],
  ['docs/decorators.md', 'Precedence'],
  ['docs/organizations.md', 'Choose where the organization comes from'],
  ['docs/organizations.md', 'Your own sources'],
  ['docs/organizations.md', 'Your own roles and permissions as types'],
  ['docs/api-keys.md', '`@RequireApiKey()`'],
  ['docs/own-rules.md', 'A rule'],
  ['docs/own-rules.md', '`@CurrentResource()`'],
  ['docs/webhooks.md', '`@OnPropelAuthEvent()`'],
  ['docs/testing.md', 'A route and its tests'],
  ['docs/testing.md', 'Create users and tokens'],
  ['docs/testing.md', 'Test the access rules of all handlers'],
  ['docs/list-access.md', 'The words of a rule'],
  ['docs/access-matrix.md', 'Options of toHold()'],
];

/** Groups that models need last. https://llmstxt.org calls them optional. */
const OPTIONAL = ['About the package', 'Contribute'];

const isOptional = ([group]) => OPTIONAL.includes(group);

/**
 * The pages besides the README, in the groups of the site's sidebar.
 *
 * @type {[group: string, files: string[]][]}
 */
const GROUPS = Object.entries(JSON.parse(readFileSync('docs/.vitepress/guides.json', 'utf8'))).map(
  ([group, pages]) => [
    group,
    Object.keys(pages).filter((file) => file !== 'README.md' && pageOf(file) !== undefined),
  ],
);

/** The file of the repository that a link leads to, with its heading; undefined for any other link. */
function fileOf(link, from) {
  const path = link.replace(/#.*/, '');
  if (path === '' || /^\w+:/.test(path)) return undefined;
  return relative('.', join(dirname(from), path));
}

/** The name of a page on the site; undefined for any other file. */
function pageOf(file) {
  if (/^(?:README|SECURITY|CHANGELOG)\.md$/.test(file)) return file.toLowerCase();
  return /^docs\/(.+\.md)$/.exec(file)?.[1];
}

/** The address of a page as Markdown. */
function addressOf(file) {
  return SITE + pageOf(file);
}

/** Links as they work wherever the text is read: to the Markdown of pages, and to GitHub. Of a link that leads nowhere, its text stays. */
function withAddresses(text, from) {
  return text.replaceAll(/\[([^\]]*)\]\(([^)\s]+)\)/g, (whole, words, link) => {
    const file = link.startsWith('#') ? from : fileOf(link, from);
    if (file === undefined) return whole;
    const heading = /#.*/.exec(link)?.[0] ?? '';
    if (pageOf(file) !== undefined) return `[${words}](${addressOf(file)}${heading})`;
    return REPOSITORY === undefined
      ? words
      : `[${words}](${REPOSITORY}/blob/main/${file}${heading})`;
  });
}

function titleOf(text) {
  return /^# (.*)$/m.exec(text)[1].replaceAll('`', '');
}

/** A chapter of a page without its heading, and without the chapters below it. */
function chapterOf(text, heading, file) {
  const lines = text.split('\n');
  const start = lines.findIndex(
    (line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading,
  );
  if (start < 0)
    throw new Error(`${file} has no heading "${heading}", which scripts/llms.mjs names.`);
  const rest = lines.slice(start + 1);
  let isCode = false;
  const end = rest.findIndex((line) => {
    if (line.startsWith('```')) isCode = !isCode;
    return !isCode && /^#{1,3} /.test(line);
  });
  return rest
    .slice(0, end < 0 ? undefined : end)
    .join('\n')
    .trim();
}

/** Rules that a page shows for pasting, as the list that they are. */
function withoutFrame(text) {
  return /^```text\n# [^\n]*\n(.*?)^```$/ms.exec(text)?.[1].trim() ?? text;
}

/** A text that is read where its tables need no columns and its pictures cannot be seen, and where a list at the end has its links. */
function compact(text) {
  const parts = text.split(/^(```.*?^```)$/ms);
  return parts.map((part) => (part.startsWith('```') ? part : compactProse(part))).join('');
}

function compactProse(text) {
  return text
    .replaceAll(/^!\[.*\n?/gm, '')
    .replaceAll(/\[([^\]]*)\]\([^)\s]+\)/g, '$1')
    .replaceAll(/^\|.*\|$/gm, (row) => row.replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---'));
}

/**
 * llms.txt: headings are for lists of links only, so chapters begin with a bold line.
 *
 * @param {boolean} isLinked whether links work where it is read; without them, it names the pages
 */
function llmsText(isLinked) {
  const essentials = ESSENTIALS.map(([file, heading]) => {
    const text = chapterOf(readFileSync(file, 'utf8'), heading, file);
    return `**${heading.replaceAll('`', '')}**\n\n${compact(withoutFrame(text))}`;
  });
  const optional = GROUPS.filter(isOptional).flatMap(([, files]) => files);
  const lists = [
    ...GROUPS.filter((group) => !isOptional(group)),
    /** @type {[string, string[]]} */ (['Optional', optional]),
  ].map(([group, files]) => `## ${group}\n\n${files.map(isLinked ? linkTo : nameOf).join('\n')}`);
  return (
    [
      `# ${name}`,
      `> ${description}`,
      ...(isLinked ? [`All pages in one file: ${SITE}llms-full.txt.`] : []),
      ...essentials,
      ...lists,
      '',
    ]
      .join('\n\n')
      .trimEnd() + '\n'
  );
}

function linkTo(file) {
  return `- [${titleOf(readFileSync(file, 'utf8'))}](${addressOf(file)})`;
}

function nameOf(file) {
  return `- ${titleOf(readFileSync(file, 'utf8'))}`;
}

/** All pages, in the order of the sidebar. */
const PAGES = ['README.md', ...GROUPS.flatMap(([, files]) => files)];

function llmsFullText() {
  const pages = PAGES.map((file) => `<!-- ${addressOf(file)} -->\n\n${markdownOf(file)}`);
  return pages.join('\n');
}

function markdownOf(file) {
  return withAddresses(readFileSync(file, 'utf8'), file);
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [target, folder] = process.argv.slice(2);
  if (target === '--pages') {
    for (const page of PAGES) write(join(folder, pageOf(page)), markdownOf(page));
  } else if (target === undefined) {
    write('docs/public/llms.txt', llmsText(true));
    write('docs/public/llms-full.txt', llmsFullText());
  } else {
    write(target, llmsText(homepage !== undefined));
  }
}
