import { judge } from '../bars.mjs';
import { describeMachine, describePackages } from './machine.mjs';
import { markdownTable } from './markdown-table.mjs';

/**
 * What one run measured, as Markdown.
 *
 * @param measurements for each part its title, the versions of Node.js, tables, figures and notes
 */
export function createReport(measurements) {
  const bars = judge(Object.assign({}, ...measurements.map(({ figures }) => figures)));
  const sections = [
    '# Results',
    'Written by `npm run bench`; README.md says how to read it.',
    list([...describeMachine(), describePackages()]),
    ...measurements.flatMap(sectionsOf),
    ...(bars.length > 0 ? ['## Targets', tableOf(bars)] : []),
  ];
  return `${sections.join('\n\n')}\n`;
}

function sectionsOf({ title, nodes, tables, notes }) {
  const versions = nodes.map(({ version }) => version).join(', ');
  return [
    `## ${title}`,
    `Node.js ${versions}`,
    ...tables,
    ...(notes.length > 0 ? [list(notes)] : []),
  ];
}

/** The targets, and whether they are met. */
function tableOf(bars) {
  return markdownTable(
    ['target', '>measured', '>bar', ''],
    bars.map(({ label, measured, bar, comparison, format, isMet }) => [
      label,
      format(measured),
      `${comparison} ${format(bar)}`,
      isMet ? 'met' : 'missed',
    ]),
  );
}

function list(lines) {
  return lines.map((line) => `- ${line}`).join('\n');
}
