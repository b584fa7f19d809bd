import { judge } from '../bars.mjs';
import { describeMachine, describePackages } from './machine.mjs';
import { barsTable, inProcessTable, throughputTable } from './tables.mjs';

/**
 * What one run found, as Markdown.
 *
 * @param measurements one for each version of Node.js
 */
export function createReport(measurements) {
  const sections = [
    '# Results',
    'Written by `npm run bench`; README.md says how to read it.',
    [...describeMachine(), describePackages()].map((line) => `- ${line}`).join('\n'),
    ...measurements.flatMap(sectionsOf),
  ];
  return `${sections.join('\n\n')}\n`;
}

function sectionsOf(measurement) {
  const { node, rows, inProcess } = measurement;
  return [
    `## Node.js ${node.version}`,
    rows && throughputTable(rows),
    Object.keys(inProcess).length > 0 && inProcessTable(inProcess),
    barsTable(judge(measurement)),
  ].filter(Boolean);
}
