/*
 * Finds idioms that readers have to read twice, in the pages, in the comments and messages of the code, and in the names of tests:
 * npm run lint:english. It prints each with its place and what to write instead. Code in pages and comments is not read.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';

const PROSE = ['page', 'message', 'test'];

/**
 * What not to write, and what to write instead. A space stands for any white space, so a line break hides nothing.
 * `in` names the kinds of text that an idiom is looked for in, where not in all: page, comment, message, test.
 */
const IDIOMS = [
  {
    not: /\b(?:stops?|stopped|stopping) (?:the|a) start\b/,
    but: 'the application fails to start; startup fails',
  },
  { not: /\bfails? the start\b/, but: 'the application fails to start; startup fails' },
  {
    not: /\banswers? (?:it |them )?with (?:an? )?[1-5]\d\d\b/,
    but: 'returns 401; gets 401',
  },
  {
    not: /\b(?:is|are|be|was|were|being|been) (?:still )?answered (?:with|by)\b/,
    but: 'returns 401; gets 401',
  },
  { not: /\bby what (?:one|you) sees?\b/, but: 'by symptom' },
  { not: /\bwhichever\b/, but: 'rewrite the sentence' },
  { not: /\bwhatever (?:becomes|became|comes|came) of\b/, but: 'even if …; regardless of …' },
  { not: /\bst(?:ands?|ood|anding) in for\b/, but: 'replaces; instead of' },
  {
    not: /\bin (?:the|its|their) place of\b|\bt(?:akes?|ook|aking) (?:the|its|their) places?\b/,
    but: 'replaces; instead of',
  },
  { not: /\bst(?:ands?|ood|anding) (?:behind|beside|under)\b/, but: 'follows; is next to' },
  { not: /\b(?:there|here|where)(?:of|by|upon|with)\b/, but: 'rewrite the sentence' },
  { not: /\b(?:of|by) which\b/, but: 'rewrite the sentence' },
  { not: /\b(?:strangers?|persons?|people)\b/, but: 'users; callers; unauthenticated requests' },
  { not: /\b(?:nobody|no one)\b/, but: 'no user; no caller; unauthenticated' },
  {
    not: /\brules? (?:that |which |still |also |all |both )?(?:holds?|held)\b/,
    but: 'a rule passes / fails / applies',
  },
  { not: /\b(?:strictest|innermost|nearest) (?:one |rule )?holds\b/, but: 'applies' },
  {
    not: /(?<!connection (?:is |was )?)\brefus(?:e|es|ed|ing|als?)\b/,
    but: 'error; rejected',
    in: PROSE,
  },
  { not: /\bwho may (?:do )?what\b/, but: 'access rules; who may call what' },
  { not: /\b(?:is|are|be) told of\b|\btells? of\b/, but: 'is called for; receives; reports' },
  { not: /\bsa(?:ys?|id|ying) so\b/, but: 'name the message, the option or the field' },
  { not: /\bsay @/, but: 'use @…' },
  { not: /\bwithout a word\b/, but: 'silently' },
  {
    not: /\b(?:has|have|having) (?:a|no) word\b|\bword of its own\b/,
    but: 'with / without an access decorator',
  },
  { not: /\bat hand\b/, but: 'available; known' },
  { not: /\blook-ups?\b/, but: 'request to PropelAuth; cache lookup', in: PROSE },
  { not: /\ball the same\b/, but: 'still; anyway' },
  { not: /\bgo(?:es)? by\b/, but: 'uses; depends on' },
  { not: /(?<!there )\b(?:is|are) none\b/, but: 'is not one; does not exist' },
  {
    not: /\b(?:keys?|roles?|strings?|functions?|tokens?|answers?|any) will (?:not )?do\b/,
    but: 'is accepted; is enough',
  },
  { not: /\bfor ever\b/, but: 'forever' },
  { not: /\bbe it\b/, but: 'whether' },
  { not: /\banew\b/, but: 'again; a new …' },
].map(({ not, ...idiom }) => ({
  ...idiom,
  pattern: new RegExp(not.source.replaceAll(' ', '\\s+'), 'gi'),
}));

/** Which files are read, by their path. */
const PAGES = /^(?:[^/]+|(?:docs(?!\/api\/)|sample-app|bench|examples|\.github)\/.*)\.md$/;
const TESTS =
  /^(?:lib|test|sample-app)\/.*\.spec\.ts$|^test\/.*\.(?:mjs|test\.ts)$|^examples\/.*\/test\/.*\.ts$/;
const CODE = /^(?:lib|schematics|examples\/.*\/src)\/.*\.ts$|^scripts\/.*\.mjs$/;
const IGNORED = new Set([
  'node_modules',
  'dist',
  'build',
  'coverage',
  'reports',
  '.git',
  '.vitepress',
  '.stryker-tmp',
  'public',
  // The Contributor Covenant, in its own words.
  'CODE_OF_CONDUCT.md',
]);

function listFiles(folder = '') {
  return readdirSync(folder || '.', { withFileTypes: true }).flatMap((entry) => {
    if (IGNORED.has(entry.name)) return [];
    const path = posix.join(folder, entry.name);
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}

/** The text with all but its line breaks blanked, so that what follows stays at its place. */
function blank(text, filler = ' ') {
  return text.replaceAll(/[^\n]/g, filler);
}

/** Markdown without fenced code, code in a line, comments, and the targets of links. */
function proseOf(markdown) {
  return markdown
    .replaceAll(/^( *)(`{3,}|~{3,}).*?^\1\2/gms, (code) => blank(code))
    .replaceAll(/(`+)[^`]+?\1(?!`)/g, (code) => blank(code, '`'))
    .replaceAll(/<!--.*?-->/gs, (comment) => blank(comment))
    .replaceAll(/\]\([^)\s]*\)/g, (target) => blank(target, ')'));
}

/** Replaces characters of a text without moving the others. */
class Mask {
  constructor(source) {
    this.source = source;
    this.characters = blank(source, '\0').split('');
  }

  show(start, end, text = this.source.slice(start, end)) {
    for (let index = start; index < end; index += 1) this.characters[index] = text[index - start];
  }

  get text() {
    return this.characters.join('');
  }
}

function parse(file, source) {
  return ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
}

function isText(node) {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) || isJoined(node);
}

function isJoined(node) {
  return (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.PlusToken &&
    isText(node.left)
  );
}

/** Shows the characters of a text, without its quotation marks and its expressions. */
function showText(node, mask) {
  if (ts.isStringLiteralLike(node)) {
    // A single word is a name in the code.
    if (node.text.includes(' ')) mask.show(node.getStart() + 1, node.end - 1);
    return;
  }
  if (ts.isTemplateExpression(node)) {
    mask.show(node.head.getStart() + 1, node.head.end - 2);
    for (const { literal } of node.templateSpans)
      mask.show(literal.getStart() + 1, literal.end - 1);
    return;
  }
  if (!isJoined(node)) return;
  showText(node.left, mask);
  showText(node.right, mask);
  // What is between the two is nothing to a reader of the message.
  mask.show(
    node.left.end - 1,
    node.right.getStart() + 1,
    ' '.repeat(node.right.getStart() - node.left.end + 2),
  );
}

function commentsOf(file, source) {
  const mask = new Mask(source);
  const show = ({ pos, end }) => {
    const text = source
      .slice(pos, end)
      .replaceAll(/^\s*(?:\/\*\*?|\/\/|\*\/?)/gm, (mark) => blank(mark));
    mask.show(pos, end, proseOf(text.replaceAll(/\{@\w+ [^}]*\}/g, (link) => blank(link, '`'))));
  };
  const visit = (node) => {
    for (const range of ts.getLeadingCommentRanges(source, node.pos) ?? []) show(range);
    for (const range of ts.getTrailingCommentRanges(source, node.end) ?? []) show(range);
    for (const child of node.getChildren()) visit(child);
  };
  visit(parse(file, source));
  return mask.text;
}

function messagesOf(file, source) {
  const mask = new Mask(source);
  const visit = (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (isText(node)) showText(node, mask);
    if (!ts.isStringLiteralLike(node)) ts.forEachChild(node, visit);
  };
  visit(parse(file, source));
  return mask.text;
}

/** The names of describe(), it() and test(), also of it.each() and t.test(). */
function testNamesOf(file, source) {
  const mask = new Mask(source);
  const visit = (node) => {
    if (
      ts.isCallExpression(node) &&
      /\b(?:describe|it|test)\b/.test(nameOfCallee(node.expression))
    ) {
      const [name] = node.arguments;
      if (name !== undefined && isText(name)) showText(name, mask);
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(file, source));
  return mask.text;
}

function nameOfCallee(callee) {
  if (ts.isIdentifier(callee)) return callee.text;
  if (ts.isPropertyAccessExpression(callee))
    return `${nameOfCallee(callee.expression)}.${callee.name.text}`;
  if (ts.isCallExpression(callee)) return nameOfCallee(callee.expression);
  return ts.isTaggedTemplateExpression(callee) ? nameOfCallee(callee.tag) : '';
}

/** The idioms in a text whose other characters are blanked. */
function findIdioms(file, kind, text) {
  return IDIOMS.filter((idiom) => idiom.in?.includes(kind) ?? true).flatMap(({ pattern, but }) =>
    [...text.matchAll(pattern)].map((match) => ({
      file,
      line: text.slice(0, match.index).split('\n').length,
      found: match[0].replaceAll(/\s+/g, ' '),
      but,
    })),
  );
}

function findAll() {
  return listFiles().flatMap((file) => {
    const find = (kind, textOf) => findIdioms(file, kind, textOf(file, readFileSync(file, 'utf8')));
    if (PAGES.test(file)) return find('page', (_, text) => proseOf(text));
    if (TESTS.test(file)) return find('test', testNamesOf);
    return CODE.test(file) ? [...find('comment', commentsOf), ...find('message', messagesOf)] : [];
  });
}

const found = findAll();
for (const { file, line, found: idiom, but } of found)
  console.log(`${file}:${line}: "${idiom}". Write: ${but}.`);
if (found.length > 0) {
  console.error(`${found.length} idioms that readers have to read twice.`);
  process.exitCode = 1;
}
