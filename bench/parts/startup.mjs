import { measureBuilds } from '../in-turn.mjs';
import { markdownTable } from '../report/markdown-table.mjs';
import { megabytes, milliseconds } from '../report/numbers.mjs';
import { median } from '../statistics.mjs';

/** An application with 500 handlers: how long it starts, and its memory. */
export const startup = {
  name: 'startup',
  title: 'Startup with 500 handlers',
  lines: ['20'],
  async measure(context) {
    const builds = [
      { ...context.builds[0], application: 'guard that returns true', args: ['no-op-guard'] },
      ...context.builds.map((build) => ({
        ...build,
        application: `nestjs-propelauth${build.suffix}`,
        args: ['nestjs-propelauth'],
      })),
    ];
    const measured = await measureBuilds('startup', [], { ...context, builds });
    const columns = ['application', '>start', '>startup checks', '>heap', '>resident memory'];
    return { tables: [markdownTable(columns, measured.map(lineOf))] };
  },
};

function lineOf({ application, runs }) {
  const medianOf = (figure) => median(runs.map((figures) => figures[figure]));
  return [
    application,
    milliseconds(medianOf('startMilliseconds')),
    milliseconds(medianOf('auditMilliseconds')),
    megabytes(medianOf('heapBytes')),
    megabytes(medianOf('residentBytes')),
  ];
}
