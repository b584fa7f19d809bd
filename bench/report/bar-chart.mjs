import { ratio } from '../ratio.mjs';
import { ADAPTER_NAMES, ROWS } from '../rows.mjs';
import { describeMachine } from './machine.mjs';
import { thousands } from './numbers.mjs';

const WIDTH = 760;
const PADDING = 20;
const LABEL_WIDTH = 262;
const VALUE_WIDTH = 110;
const BAR_HEIGHT = 18;
const ROW_HEIGHT = 30;
const HEAD_HEIGHT = 66;
const GROUP_TITLE_HEIGHT = 28;
const LONGEST_BAR = WIDTH - 2 * PADDING - LABEL_WIDTH - VALUE_WIDTH;

// A card of its own colours, so that it can be read wherever it is embedded.
const STYLE = `
    .card { fill: #ffffff; stroke: #d0d7de; }
    text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2328; }
    .title { font-size: 15px; font-weight: 600; }
    .subtitle { font-size: 12px; }
    .subtitle, .group { fill: #59636e; }
    .own-label { font-weight: 600; }
    .value { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; }
    .bar { fill: #afb8c1; }
    .own { fill: #0969da; }
    .baseline { stroke: #59636e; stroke-dasharray: 3 3; }
    @media (prefers-color-scheme: dark) {
      .card { fill: #151b23; stroke: #3d444d; }
      text { fill: #f0f6fc; }
      .subtitle, .group { fill: #9198a1; }
      .value { stroke: #151b23; }
      .bar { fill: #59636e; }
      .own { fill: #4493f8; }
      .baseline { stroke: #9198a1; }
    }`;

/**
 * The requests per second of all rows as an SVG image, in a group for each HTTP adapter. It shows the newest Node.js: two charts
 * would say much the same.
 *
 * @param measurements one for each version of Node.js, oldest first
 */
export function createChart(measurements) {
  const { node, rows } = measurements.at(-1);
  const subtitle = [`Node.js ${node.version}`, ...describeMachine()].join('; ');
  const fastest = Math.max(...ROWS.map(({ id }) => rows.get(id).requestsPerSecond));
  const scale = LONGEST_BAR / fastest;
  const groups = Object.keys(ADAPTER_NAMES).map((adapter) => ({
    title: `Nest on ${ADAPTER_NAMES[adapter]}`,
    members: ROWS.filter((row) => row.adapter === adapter),
  }));
  const shapes = [];
  let top = HEAD_HEIGHT;
  for (const { title, members } of groups) {
    shapes.push(groupTitle(title, top));
    top += GROUP_TITLE_HEIGHT;
    shapes.push(baseline(members, rows, scale, top));
    for (const row of members) {
      shapes.push(bar(row, rows, scale, top));
      top += ROW_HEIGHT;
    }
  }
  const height = top + PADDING;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title subtitle">
  <style>${STYLE}
  </style>
  <rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8" />
  <text class="title" id="title" x="${PADDING}" y="30">Requests per second, and the ratio to a guard that returns true</text>
  <text class="subtitle" id="subtitle" x="${PADDING}" y="49">${escape(subtitle)}</text>
${shapes.join('\n')}
</svg>
`;
}

function groupTitle(title, top) {
  return `  <text class="group" x="${PADDING}" y="${top + BAR_HEIGHT - 4}">${escape(title)}</text>`;
}

function bar({ id, label, own, baseline: baselineId }, rows, scale, top) {
  const { requestsPerSecond } = rows.get(id);
  const left = PADDING + LABEL_WIDTH;
  const length = requestsPerSecond * scale;
  const textTop = top + BAR_HEIGHT - 4;
  return [
    `  <text ${own ? 'class="own-label" ' : ''}x="${PADDING}" y="${textTop}">${escape(label)}</text>`,
    `  <rect class="${own ? 'bar own' : 'bar'}" x="${left}" y="${top}" width="${length.toFixed(1)}" height="${BAR_HEIGHT}" rx="2" />`,
    `  <text class="value" x="${(left + length + 8).toFixed(1)}" y="${textTop}">${thousands(requestsPerSecond)} (${ratio(rows, id, baselineId).toFixed(2)})</text>`,
  ].join('\n');
}

/** A line through a group, where the bar of its no-op guard ends. */
function baseline(members, rows, scale, top) {
  const { requestsPerSecond } = rows.get(members[0].baseline);
  const x = (PADDING + LABEL_WIDTH + requestsPerSecond * scale).toFixed(1);
  return `  <line class="baseline" x1="${x}" y1="${top - 6}" x2="${x}" y2="${top + members.length * ROW_HEIGHT - 6}" />`;
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
