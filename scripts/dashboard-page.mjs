/* The dashboard as a page: its panels in their places, each with a line for each series. */

const COLORS = [
  '#73bf69',
  '#f2cc0c',
  '#5794f2',
  '#ff780a',
  '#f2495c',
  '#b877d9',
  '#8ab8ff',
  '#c4162a',
];
const COLUMN = 60;
const ROW = 36;
const PLOT = { left: 58, top: 40, bottom: 62 };

/** @param dashboard the JSON of Grafana, where each panel also has its `series` */
export function pageOf({ title, panels }) {
  return `<!doctype html><meta charset="utf-8"><style>
    body { margin: 0; background: #111217; color: #ccccdc; font: 12px 'DejaVu Sans', sans-serif; }
    h1 { font-size: 16px; font-weight: 500; margin: 0; padding: 14px 12px 10px; }
    .panel { position: absolute; background: #181b1f; border: 1px solid #2c3235; border-radius: 2px; }
    text { fill: #9fa7b3; font-size: 10px; } .title { fill: #ccccdc; font-size: 13px; font-weight: 500; }
  </style><h1>${escape(title)}</h1>${panels.map(panelOf).join('')}`;
}

function panelOf({ title, gridPos, fieldConfig, series }) {
  const width = gridPos.w * COLUMN - 10;
  const height = gridPos.h * ROW - 10;
  const place = `left:${gridPos.x * COLUMN + 5}px;top:${gridPos.y * ROW + 45}px;width:${width}px;height:${height}px`;
  const { unit } = fieldConfig.defaults;
  return `<div class="panel" style="${place}"><svg width="${width}" height="${height}">
    <text class="title" x="10" y="21">${escape(title)}</text>
    ${plotOf(series, width, height, unit)}${legendOf(series, width, height)}</svg></div>`;
}

function plotOf(series, width, height, unit) {
  const points = series.flatMap((one) => one.points).filter(([, value]) => Number.isFinite(value));
  const times = points.map(([time]) => time);
  const [start, end] = [Math.min(...times), Math.max(...times)];
  const top = niceTop(Math.max(...points.map(([, value]) => value), 0));
  const x = (time) => PLOT.left + ((time - start) / (end - start)) * (width - PLOT.left - 12);
  const y = (value) => height - PLOT.bottom - (value / top) * (height - PLOT.top - PLOT.bottom);
  const lines = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<path d="M${PLOT.left} ${y(share * top)}H${width - 12}" stroke="#2c3235"/>` +
      `<text x="${PLOT.left - 6}" y="${y(share * top) + 3}" text-anchor="end">${inUnit(share * top, unit)}</text>`,
  );
  const hours = [0.1, 0.5, 0.9].map((share) => {
    const time = start + share * (end - start);
    const text = new Date(time * 1_000).toISOString().slice(11, 19);
    return `<text x="${x(time)}" y="${height - PLOT.bottom + 15}" text-anchor="middle">${text}</text>`;
  });
  const curves = series.map(({ points: own }, index) => {
    const known = own.filter(([, value]) => Number.isFinite(value));
    const path = known.map(([time, value]) => `${x(time).toFixed(1)} ${y(value).toFixed(1)}`);
    return `<path d="M${path.join('L')}" fill="none" stroke="${colorOf(index)}" stroke-width="1.4"/>`;
  });
  return [...lines, ...hours, ...curves].join('');
}

/** Two lines of names, as far as they fit. */
function legendOf(series, width, height) {
  let left = 12;
  let line = 0;
  return series
    .map(({ name }, index) => {
      const needed = 24 + name.length * 6.2;
      if (left + needed > width - 8) [left, line] = [12, line + 1];
      const top = height - 30 + line * 15;
      const text =
        `<rect x="${left}" y="${top}" width="12" height="3" fill="${colorOf(index)}"/>` +
        `<text x="${left + 16}" y="${top + 5}">${escape(name)}</text>`;
      left += needed;
      return text;
    })
    .join('');
}

function niceTop(highest) {
  if (highest === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  return [1, 2, 4, 5, 8, 10].map((factor) => factor * power).find((top) => top >= highest);
}

function inUnit(value, unit) {
  const short = Number(value.toPrecision(3));
  if (unit === 'percentunit') return `${Number((value * 100).toPrecision(3))}%`;
  if (unit === 's')
    return value > 0 && value < 1 ? `${Number((value * 1_000).toPrecision(3))} ms` : `${short} s`;
  return unit === 'reqps' ? `${short}/s` : String(short);
}

function colorOf(index) {
  return COLORS[index % COLORS.length];
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
