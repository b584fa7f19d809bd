import { readFileSync } from 'node:fs';
import { REQUESTS } from '../callers/user/load.js';
import { ATTACK_NAMES } from '../attacks/all-attacks.js';
import { REQUESTS as INTERLEAVED_REQUESTS } from '../cls/load.js';
import { MCP_ATTACKS } from '../mcp/mcp-attacks.js';
import { CASES } from '../attacks/cases.js';

const text = readFileSync('SECURITY.md', 'utf8');

describe('SECURITY.md', () => {
  it.each([
    ['attacks tried', ATTACK_NAMES.length],
    ['attacks on MCP routes tried', MCP_ATTACKS.flatMap(([, attacks]) => attacks).length],
    ['random cases run', Object.values(CASES).reduce<number>((sum, cases) => sum + cases, 0)],
    ['requests served through an outage and a key rotation', REQUESTS],
    ['interleaved requests, each with its own caller', INTERLEAVED_REQUESTS],
  ])('has the figure from the suites: %s', (what, figure) => {
    const [, written] = new RegExp(`^\\| ${what} +\\| +([\\d,]+) +\\|`, 'm').exec(text) ?? [];
    expect(written).toBe(figure.toLocaleString('en'));
  });
});

describe('docs/contributing/threats.md', () => {
  const page = readFileSync('docs/contributing/threats.md', 'utf8');
  const rows = page.split('\n').filter((line) => /^\| (?!-|attack |input )/.test(line));

  it('names a test for every threat and limit', () => {
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.filter((row) => !/`(?:test|lib)\/[^`]*`[^|]*\|$/.test(row))).toEqual([]);
  });

  it('has the most memory that the benchmark lets a full cache of tokens take', () => {
    const results = readFileSync('bench/results.md', 'utf8');
    const sizes = [...results.matchAll(/^\| \d+ +\| +([\d.]+) kB \| +([\d.]+) kB \|$/gm)];
    const megabytes = sizes.map(([, length, memory]) => {
      const tokens = Math.min(10_000, (10_000 * 2_048) / (Number(length) * 1_000));
      return (tokens * Number(memory)) / 1_000;
    });
    const [, written] = /some (\d+) MB/.exec(page) ?? [];
    expect(megabytes).toHaveLength(3);
    expect(Math.abs(Number(written) - Math.max(...megabytes))).toBeLessThan(3);
  });

  it('names files that exist', () => {
    const files = [...page.matchAll(/`((?:test|lib)\/[^`]*)`/g)].map(([, file]) => file as string);
    expect(files.length).toBeGreaterThanOrEqual(rows.length);
    for (const file of files) {
      expect(() => readFileSync(file)).not.toThrow();
    }
  });
});
