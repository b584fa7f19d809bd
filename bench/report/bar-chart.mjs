import { describeMachine } from './machine.mjs';
import { thousands } from './numbers.mjs';

const WIDTH = 760;
const PADDING = 20;
const BARS_LEFT = 332;
const LONGEST_BAR = 300;
const BAR_HEIGHT = 18;
const ROW_HEIGHT = 30;
const HEAD_HEIGHT = 66;

// A card with its own colors, so that it is readable on pages of any theme.
const STYLE = `
    .card { fill: #ffffff; stroke: #d0d7de; }
    text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2328; }
    .title { font-size: 15px; font-weight: 600; }
    .subtitle { font-size: 12px; fill: #59636e; }
    .bar { fill: #afb8c1; }
    .own { fill: #0969da; }`;

/**
 * Requests per second as an SVG image.
 *
 * @param rows each has a label, a rate, and the ratio to the guard that returns true
 */
export function createChart(rows, node) {
  const scale = LONGEST_BAR / Math.max(...rows.map(({ rate }) => rate));
  const height = HEAD_HEIGHT + rows.length * ROW_HEIGHT + PADDING;
  const bars = rows.map((row, index) => bar(row, scale, HEAD_HEIGHT + index * ROW_HEIGHT));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title subtitle">
  <style>${STYLE}
  </style>
  <rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8" />
  <text class="title" id="title" x="${PADDING}" y="30">Requests per second, and the ratio to a guard that returns true</text>
  <text class="subtitle" id="subtitle" x="${PADDING}" y="49">Node.js ${node.version}; ${describeMachine().join('; ')}</text>
${bars.join('\n')}
</svg>
`;
}

function bar({ label, rate, ratio, isOwn }, scale, top) {
  const length = rate * scale;
  const textTop = top + BAR_HEIGHT - 4;
  return [
    `  <text x="${PADDING}" y="${textTop}">${label}</text>`,
    `  <rect class="${isOwn ? 'own' : 'bar'}" x="${BARS_LEFT}" y="${top}" width="${length.toFixed(1)}" height="${BAR_HEIGHT}" rx="2" />`,
    `  <text x="${(BARS_LEFT + length + 8).toFixed(1)}" y="${textTop}">${thousands(rate)} (${ratio.toFixed(2)})</text>`,
  ].join('\n');
}
