import { ADAPTERS } from './parts/known-token.mjs';
import { kilobytes, megabytes } from './report/numbers.mjs';
import { LINES } from './nodes.mjs';

const ratio = (value) => value.toFixed(3);

/** The targets, each for the figure with this id. */
const BARS = [
  ...LINES.flatMap((line) =>
    Object.entries(ADAPTERS).flatMap(([adapter, name]) => [
      atLeast(
        line === '20' ? 0.93 : 0.95,
        `known-token/${line}/${adapter}/user`,
        `\`@RequireUser()\`, Node.js ${line}, ${name}: ratio`,
      ),
      atLeast(
        0.9,
        `known-token/${line}/${adapter}/role`,
        `\`@RequireOrgRole('Admin')\`, Node.js ${line}, ${name}: ratio`,
      ),
    ]),
  ),
  atLeast(0.9, 'new-token/one-by-one', 'new tokens, one by one: speed to jose'),
  atLeast(0.9, 'new-token/at-a-time', 'new tokens, 32 at a time: speed to jose'),
  atMost(1.15, 'import', 'import: ratio to the dependencies'),
  atMost(95_000, 'size/main', 'the main entry point, gzip', kilobytes),
  atMost(500_000, 'size/packed', 'the tarball', megabytes),
  atMost(2_200_000, 'size/unpacked', 'the tarball, unpacked', megabytes),
];

/** Each target whose figure was measured. */
export function judge(figures) {
  return BARS.filter(({ id }) => figures[id] !== undefined).map((target) => {
    const measured = figures[target.id];
    const isMet =
      target.comparison === 'at least' ? measured >= target.bar : measured <= target.bar;
    return { ...target, measured, isMet };
  });
}

function atLeast(bar, id, label, format = ratio) {
  return { bar, id, label, format, comparison: 'at least' };
}

function atMost(bar, id, label, format = ratio) {
  return { bar, id, label, format, comparison: 'at most' };
}
