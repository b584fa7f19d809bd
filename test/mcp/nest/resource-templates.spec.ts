import {
  matchResourceByUri,
  matchResourceTemplateByUri,
} from '@rekog/mcp-nest/dist/mcp/transport/resource-matcher.js';
import * as fc from 'fast-check';
import { matchUri, type UriMatch } from '../../../lib/mcp/nest/resource-uris.js';
import { PATIENCE, reproducible, sized } from '../../support/thorough.js';

const PAIRS = 100_000;
const SAMPLE = 3_000;

type Kind = 'resource' | 'resource-template';

/** Whether mcp-nest finds a template for a URI. What it cannot read makes it reject the call. */
function findsIn(kind: Kind, template: string, uri: string): 'served' | 'not found' | 'rejected' {
  try {
    const found =
      kind === 'resource'
        ? matchResourceByUri([{ uri: template }], uri)
        : matchResourceTemplateByUri([{ uriTemplate: template }], uri);
    return found === undefined ? 'not found' : 'served';
  } catch {
    return 'rejected';
  }
}

/** A part of a template, and what could stand there in a URI. */
type Piece = readonly [template: string, uris: readonly string[]];

/** What mcp-nest can read, alone. */
const PLAIN: readonly Piece[] = [
  ['{a}', ['7', 'x-y', '', 'a/b', '%2F', '%', 'é', '-', '{a}']],
  ['{b}', ['8', '_draft', '.', 'K', 'ſ']],
  ['{rest*}', ['a/b', 'a', '/', '', '\n', '𝒳']],
  ['{?q}', ['', '?q=1', '?q', '?', '%3Fq']],
  ['{?q,page}', ['', '?q=1&page=2', '?q=%']],
  [':id', ['7', ':id', 'x.y']],
  ['_draft', ['_draft', '_DRAFT', 'x']],
  ['draft', ['draft', 'Draft', 'draſt', 'x']],
  ['kelvin', ['kelvin', 'Kelvin', 'KELVIN']],
  ['-', ['-', '--', '']],
  ['.', ['.', 'x', '..']],
  ['/', ['/', '//', '', '%2F', '\\']],
  ['//', ['//', '/', '']],
  ['#top', ['#top', '']],
  ['%20', ['%20', ' ', '%']],
  ['a b', ['a b', 'a%20b']],
  ['$&', ['$&', '&']],
  ['@,;=&~<>', ['@,;=&~<>', '']],
  ['-'.repeat(40), ['-'.repeat(40), '-'.repeat(80)]],
];

/** What it cannot read, or reads in its own way. */
const ODD: readonly Piece[] = [
  ['{+path}', ['a/b', '+path', 'path', '']],
  ['{&q}', ['', '&q=1']],
  ['{#part}', ['', '#part', '#']],
  ['{/a}', ['', '/a', '/x']],
  ['{;a}', ['', ';a']],
  ['{a.b}', ['', 'a.b', 'x']],
  ['{*}', ['', '*', 'x']],
  ['{}', ['', '{}']],
  ['{a:3}', ['', 'abc']],
  ['{a', ['{a', 'a', '']],
  ['a}', ['a}', 'a']],
  ['{{a}}', ['', 'x', '{x}']],
  ['{a{?q}}', ['x', '']],
  ['{1}', ['1', 'x']],
  ['{é}', ['é', '']],
  [':id{-x}', ['7', '7-x']],
  [':"a b"', ['7', 'a b']],
  ['*rest', ['a/b', '*rest']],
  ['://', ['://', '', ':/']],
  ['?', ['?', '', '?a=b']],
  ['?a=b', ['?a=b', '?', '?a=%']],
  ['$', ['$', '']],
  ['^', ['^', '']],
  ['|', ['|', '']],
  ['[a-z]+', ['[a-z]+', 'abc']],
  ['(a|b)', ['(a|b)', 'a']],
  ['\\', ['\\', '']],
  ['\\{', ['{', '\\{']],
  ['+', ['+', '']],
  ['!', ['!', '']],
  ['"', ['"', '']],
  ["'", ["'", '']],
  ['straße', ['straße', 'STRASSE', 'STRAßE']],
  ['İ', ['İ', 'i̇']],
  ['\u200d', ['\u200d', '']],
  ['\n', ['\n', '']],
];

const scheme = fc.constantFrom('', 'files://', 'open://', 'FILES://', '://', '{a}://', 'a://b://');
const ending = fc.constantFrom('', '', '', '/', '//', '?x=1', '#x', '/?x', '?x=%', '\n');
const junk = fc.string({ unit: 'binary', maxLength: 3 });

const piece = fc
  .oneof(
    { weight: 12, arbitrary: fc.constantFrom(...PLAIN) },
    { weight: 1, arbitrary: fc.constantFrom(...ODD) },
  )
  .chain(([template, uris]) =>
    fc.tuple(
      fc.constant(template),
      fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(...uris) },
        { weight: 1, arbitrary: fc.constant(template) },
        { weight: 1, arbitrary: junk },
      ),
    ),
  );

/** A template, and a URI that is near to what it describes. */
const pair = fc
  .tuple(scheme, fc.array(piece, { maxLength: 6 }), scheme, ending, ending)
  .map(([before, pieces, ofUri, after, ofUriAfter]) => ({
    template: before + pieces.map(([template]) => template).join('') + after,
    uri: ofUri + pieces.map(([, uri]) => uri).join('') + ofUriAfter,
  }));

const kinds = fc.constantFrom<Kind>('resource', 'resource-template');

describe('Of random templates and URIs', () => {
  it(
    'none is served by mcp-nest that the guard rules out, and each that it takes for certain is served or rejected',
    () => {
      const seen: Record<string, number> = {};
      fc.assert(
        fc.property(kinds, pair, (kind, { template, uri }) => {
          const [match, found] = [matchUri(kind, template, uri), findsIn(kind, template, uri)];
          seen[`${match}, ${found}`] = (seen[`${match}, ${found}`] ?? 0) + 1;
          const allowed: Record<UriMatch, string[]> = {
            none: ['not found', 'rejected'],
            possible: ['served', 'not found', 'rejected'],
            certain: ['served', 'rejected'],
          };
          expect(allowed[match]).toContain(found);
        }),
        reproducible(PAIRS, SAMPLE),
      );
      // Each kind of pair was among them.
      const enough = sized(PAIRS, SAMPLE) / 100;
      for (const one of ['none, not found', 'possible, served', 'certain, served']) {
        expect([one, (seen[one] ?? 0) > enough]).toEqual([one, true]);
      }
    },
    PATIENCE,
  );

  it('a very long URI may lead to each template', () => {
    for (const length of [2_000, 2_100, 100_000]) {
      const uri = `open://${'x'.repeat(length)}`;
      expect(findsIn('resource-template', 'open://{a}', uri)).toBe('served');
      expect(matchUri('resource-template', 'open://{a}', uri)).not.toBe('none');
    }
  });
});
