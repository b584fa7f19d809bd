/* Reads the built documentation site as a user does, in a real browser, on a desktop and on a phone. `npm run docs:build` builds it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { serve } from '../../docs/node_modules/vitepress/dist/node/index.js';
import { findFreePort } from '../package/free-port.mjs';
import { readUntil } from '../package/output.mjs';
import { launchChromium } from './chromium.mjs';

const SITE = 'docs/.vitepress/dist';
const BASE = '/nestjs-propelauth';
const VIEWPORTS = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

/** What is looked for with words that are on no title, and the page that has the answer. */
const FOUND = {
  CSRF: '/cookies',
  TS4053: '/troubleshooting-setup',
  'rate limit per organization': '/recipes/throttler',
  'Must use import to load ES Module': '/troubleshooting-setup',
};

const browser = await launchChromium();
const { server } = await serve({ root: 'docs', port: 0 });
const origin = `http://localhost:${server.address().port}`;

after(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});

/** The addresses of the guides, as the sidebar has them. */
function guides() {
  const html = readFileSync(`${SITE}/getting-started.html`, 'utf8');
  const [sidebar] = /<aside class="VPSidebar.*?<\/aside>/s.exec(html);
  return [...sidebar.matchAll(/href="([^"]+)"/g)].map(([, href]) => href);
}

for (const [device, viewport] of Object.entries(VIEWPORTS)) {
  describe(`The site on a ${device}`, () => {
    let context;
    let page;
    let complaints;

    beforeEach(async () => {
      context = await browser.newContext({ viewport });
      page = await context.newPage();
      complaints = [];
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('requestfailed', (request) => {
        // Pages that are fetched ahead, when another one is opened.
        const { errorText } = request.failure();
        if (errorText !== 'net::ERR_ABORTED') complaints.push(`${errorText}: ${request.url()}`);
      });
      page.on('request', (request) => {
        const { protocol, origin: asked } = new URL(request.url());
        if (protocol === 'http:' && asked !== origin) complaints.push(`asked: ${request.url()}`);
      });
    });

    afterEach(async () => {
      await context.close();
      assert.deepEqual(complaints, []);
    });

    async function open(path) {
      const response = await page.goto(`${origin}${BASE}${path}`);
      assert.equal(response.status(), 200, path);
    }

    async function assertFits(path) {
      const scrollWidth = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(scrollWidth <= viewport.width, `${path} is ${scrollWidth} pixels wide`);
    }

    test('shows code on the first screen of the home page', async () => {
      await open('/');
      await page.getByRole('heading', { name: 'nestjs-propelauth', level: 1 }).waitFor();
      const code = await page.getByText('RequireOrgRole').first().boundingBox();
      assert.ok(code.y + code.height < viewport.height, `${code.y}`);
      await assertFits('/');
    });

    test('finds RequireOrgRole, and opens its reference page', async () => {
      await open('/getting-started');
      await page.getByRole('button', { name: 'Search' }).click();
      await page.getByRole('searchbox').fill('RequireOrgRole');
      await page.locator('.result[href*="/functions/RequireOrgRole#"]').first().click();
      await page.getByRole('heading', { name: 'RequireOrgRole()', level: 1 }).waitFor();
      await page.getByRole('heading', { name: 'Parameters', level: 2 }).waitFor();
      await assertFits(page.url());
    });

    for (const [words, path] of Object.entries(FOUND)) {
      test(`finds ${path} for ${words}`, async () => {
        await open('/getting-started');
        await page.getByRole('button', { name: 'Search' }).click();
        await page.getByRole('searchbox').fill(words);
        await page.locator('.result').first().waitFor();
        const results = page.locator('.result');
        const addresses = await results.evaluateAll((links) => links.map(({ href }) => href));
        assert.ok(
          addresses.slice(0, 3).some((address) => address.includes(`${BASE}${path}`)),
          addresses.slice(0, 3).join('\n'),
        );
      });
    }

    test('loads its images from the site itself', async () => {
      for (const path of ['/performance', '/swagger', '/readme']) {
        await open(path);
        const pictures = page.locator('.vp-doc img');
        await pictures.first().waitFor();
        const widths = await pictures.evaluateAll((images) =>
          Promise.all(images.map((image) => image.decode().then(() => image.naturalWidth))),
        );
        assert.ok(widths.length > 0 && widths.every((width) => width > 0), path);
      }
    });
  });
}

describe('npm run docs', () => {
  test('serves the pages while they are edited', async () => {
    const port = await findFreePort();
    // Without predocs, which has made the reference for the site already. A process group of its own: npm and VitePress end together.
    const words = ['run', 'docs', '--ignore-scripts', '--', '--port', String(port)];
    const child = spawn('npm', words, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [, address] = /Local: +(\S+)/.exec(await readUntil(child, /Local: .*\n/));
      const response = await fetch(address);
      assert.equal(response.status, 200);
    } finally {
      process.kill(-Number(child.pid));
    }
  });
});

for (const [device, viewport] of Object.entries(VIEWPORTS)) {
  describe(`Each guide on a ${device}`, () => {
    let page;

    before(async () => {
      // Without scripts, which do not change how wide a page is, seventy pages take seconds.
      page = await browser.newPage({ viewport, javaScriptEnabled: false });
    });

    after(() => page.close());

    test('scrolls in one direction only, with its code', async () => {
      const addresses = guides();
      assert.ok(addresses.length > 50);
      const wide = [];
      for (const address of addresses) {
        await page.goto(origin + address);
        const overflows = await page.evaluate(() =>
          [document.documentElement, ...document.querySelectorAll('.vp-doc pre')].some(
            ({ scrollWidth, clientWidth }) => scrollWidth > clientWidth,
          ),
        );
        if (overflows) wide.push(address);
      }
      assert.deepEqual(wide, []);
    });
  });
}
