/*
 * Draws docs/grafana-dashboard.png: node scripts/dashboard-picture.mjs, after npm run build. It needs Debian's packages prometheus and chromium.
 * A Prometheus server scrapes the application of dashboard-traffic.mjs for three minutes, and answers the queries of the dashboard.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { launchChromium } from '../test/browser/chromium.mjs';
import { startTraffic } from './dashboard-traffic.mjs';
import { pageOf } from './dashboard-page.mjs';

const DOCS = new URL('../docs/', import.meta.url);
const SECONDS = Number(process.env.SECONDS ?? 180);
/** What Grafana puts in for the variables of the dashboard. */
const VARIABLES = { $__rate_interval: '20s', $job: '.*' };

const prometheus = { port: 29_090, url: 'http://127.0.0.1:29090' };
const folder = await mkdtemp(join(tmpdir(), 'dashboard-'));
const traffic = await startTraffic();
const server = await startPrometheus(traffic.metricsPort);
try {
  await pause(SECONDS * 1_000);
  const dashboard = JSON.parse(await readFile(new URL('grafana-dashboard.json', DOCS), 'utf8'));
  const panels = await Promise.all(dashboard.panels.map(withSeries));
  await takePicture(pageOf({ ...dashboard, panels }));
} finally {
  await traffic.stop();
  server.kill();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function startPrometheus(metricsPort) {
  const configuration = join(folder, 'prometheus.yml');
  await writeFile(
    configuration,
    JSON.stringify({
      global: { scrape_interval: '2s' },
      scrape_configs: [
        { job_name: 'reports', static_configs: [{ targets: [`127.0.0.1:${metricsPort}`] }] },
      ],
    }),
  );
  return spawn(
    'prometheus',
    [
      `--config.file=${configuration}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${prometheus.port}`,
    ],
    { stdio: 'ignore' },
  );
}

async function withSeries(panel) {
  const lists = await Promise.all(panel.targets.map(seriesOf));
  return { ...panel, series: lists.flat() };
}

async function seriesOf({ expr, legendFormat }) {
  const end = Date.now() / 1_000;
  const query = Object.entries(VARIABLES).reduce(
    (text, [name, value]) => text.replaceAll(name, value),
    expr,
  );
  const range = { query, start: String(end - SECONDS + 25), end: String(end), step: '2' };
  const response = await fetch(
    `${prometheus.url}/api/v1/query_range?${new URLSearchParams(range).toString()}`,
  );
  const { status, data, error } = await response.json();
  if (status !== 'success') throw new Error(`${query}: ${error}`);
  return data.result.map(({ metric, values }) => ({
    name: legendFormat.replaceAll(/\{\{(\w+)\}\}/g, (_all, label) => metric[label] ?? ''),
    points: values.map(([time, value]) => [time, Number(value)]),
  }));
}

async function takePicture(html) {
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 1_440, height: 920 } });
  await page.setContent(html);
  await page.screenshot({ path: new URL('grafana-dashboard.png', DOCS).pathname });
  await browser.close();
}
