import { judge } from '../bars.mjs';
import { barChart } from './bar-chart.mjs';
import { describeMachine } from './machine.mjs';
import { barsTable, inProcessTable, throughputTable } from './tables.mjs';

/** What one run found, as text for people and as a picture. */
export function createReport(measurements) {
  const machine = describeMachine();
  const { rows, inProcess } = measurements;
  const sections = [
    machine.map((line) => `- ${line}`).join('\n'),
    throughputTable(rows),
    inProcessTable(inProcess),
    barsTable(judge(measurements)),
  ];
  return {
    markdown:
      ['# Results', 'Written by `npm run bench`; README.md says how to read it.', ...sections].join(
        '\n\n',
      ) + '\n',
    chart: barChart(rows, machine.slice(0, 2).join('; ')),
  };
}
