import { measureBuilds } from '../in-turn.mjs';
import { markdownTable } from '../report/markdown-table.mjs';
import { duration, kilobytes, thousands } from '../report/numbers.mjs';

/** A token of 16 KB, the longest that the package accepts, has room for some 30 organizations with all their properties. */
const ORGANIZATIONS = [1, 10, 30];

/** What cached tokens and the marks of live access take. */
export const memory = {
  name: 'memory',
  title: 'Memory',
  lines: ['20'],
  async measure(context) {
    const { tokens, marks, batches } = context.plan;
    const tokenLines = [];
    for (const organizations of ORGANIZATIONS) {
      const builds = await measureBuilds('cached-tokens', [organizations, tokens], context);
      tokenLines.push(...builds.map((build) => tokenLine(organizations, build)));
    }
    const builds = await measureBuilds('live-access', [marks, batches], context);
    const columns = ['organizations of the user', '>length of the token', '>memory'];
    const heading = `live access, ${thousands(marks)} marks`;
    return {
      tables: [
        markdownTable(columns, tokenLines),
        markdownTable([heading, '>figure'], builds.flatMap(markLines)),
      ],
    };
  },
};

function tokenLine(organizations, { suffix, runs: [{ tokenLength, bytesPerToken }] }) {
  return [`${organizations}${suffix}`, kilobytes(tokenLength), kilobytes(bytesPerToken)];
}

function markLines({ suffix, runs: [{ bytesPerMark, without, marked }] }) {
  return [
    [`memory per mark${suffix}`, `${thousands(bytesPerMark)} bytes`],
    [`canActivate of an unmarked user, without live access${suffix}`, duration(without)],
    [`canActivate of an unmarked user, with live access${suffix}`, duration(marked)],
  ];
}
