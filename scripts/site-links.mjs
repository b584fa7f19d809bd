/*
 * Fails when a link of the built site leads nowhere: to a page or a file that is not there, or to a heading that its page does not have.
 * VitePress looks at links in Markdown only, and not at headings: not at those of the sidebar, of the home page, and of the reference.
 *
 * node scripts/site-links.mjs <folder of the site> <base path>
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ENTITIES = { '&amp;': '&', '&quot;': '"', '&#39;': "'", '&lt;': '<', '&gt;': '>' };

const [folder, base] = process.argv.slice(2);
const files = readdirSync(folder, { recursive: true });
const pages = new Map(
  files
    .filter((file) => file.endsWith('.html'))
    .map((file) => [addressOf(file), readPage(join(folder, file))]),
);
const addresses = new Set([...pages.keys(), ...files.map((file) => base + file)]);

function addressOf(file) {
  return base + file.replace(/(?:(?<=^|\/)index)?\.html$/, '');
}

function readPage(file) {
  const html = readFileSync(file, 'utf8');
  return { ids: new Set(valuesOf(html, 'id')), links: valuesOf(html, '(?:href|src)') };
}

function valuesOf(html, attribute) {
  return [...html.matchAll(new RegExp(`\\s${attribute}="([^"]*)"`, 'g'))].map(([, value]) =>
    value.replaceAll(/&(?:amp|quot|#39|lt|gt);/g, (entity) => ENTITIES[entity]),
  );
}

function leadsSomewhere(link, from) {
  try {
    return hasTarget(link, from);
  } catch {
    return false; // no address at all, such as http:// or #%
  }
}

function hasTarget(link, from) {
  const { origin, pathname, hash } = new URL(link, `http://site${from}`);
  if (origin !== 'http://site') return true;
  const address = decodeURI(pathname);
  if (!addresses.has(address)) return false;
  const id = decodeURIComponent(hash.slice(1));
  return id === '' || pages.get(address)?.ids.has(id) === true;
}

const dead = [...pages].flatMap(([from, { links }]) =>
  [...new Set(links)]
    .filter((link) => !leadsSomewhere(link, from))
    .map((link) => `${from}: ${link}`),
);
for (const line of dead) console.error(`Dead link on ${line}`);
console.log(`${pages.size} pages, ${dead.length} dead links`);
if (pages.size === 0 || dead.length > 0) process.exitCode = 1;
