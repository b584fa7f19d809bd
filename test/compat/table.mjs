/**
 * The outcome as a table in Markdown.
 *
 * @param {{ name: string, failures: Map<string, string[]> }[]} results of each application: what failed, by version of Node.js
 * @param {string[]} versions
 */
export function toTable(results, versions) {
  const header = ['application', ...versions.map((version) => `Node.js ${version}`)];
  const rows = results.map(({ name, failures }) => [
    `\`${name}\``,
    ...versions.map((version) => toCell(failures.get(version))),
  ]);
  const table = [header, header.map(() => '---'), ...rows];
  return table.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Empty for a version that was not tried. */
function toCell(failures) {
  if (failures === undefined) return '';
  return failures.length === 0 ? '✓' : `✗ ${failures.join(', ')}`;
}

/** A table without its layout, which the formatter changes. */
export function withoutLayout(table) {
  return table.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');
}
