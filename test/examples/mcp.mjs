/*
 * examples/mcp as its README says: `npm install && npm start`. Then the official MCP client, which knows the server's address and nothing
 * else, registers, has its user sign in with Chromium, and calls each tool.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { launchChromium } from '../browser/chromium.mjs';
import { Example } from './example.mjs';
import { McpAssistant } from './mcp-client.mjs';

const example = new Example('examples/mcp');

let application;
let origin;
let browser;
let context;
let assistant;

before(async () => {
  await example.install();
  application = await example.start();
  ({ origin } = application);
  browser = await launchChromium();
});

after(async () => {
  await browser?.close();
  await application?.stop();
});

beforeEach(async () => {
  context = await browser.newContext();
});

afterEach(async () => {
  assistant?.stop();
  await context.close();
});

/** An assistant whose user signs in by that name, and rejects scopes of the first consent. */
async function assistantOf(firstName, { rejected = [] } = {}) {
  let consents = 0;
  assistant = new McpAssistant(`${origin}/mcp`, async (url, redirectUrl) => {
    const page = await context.newPage();
    await page.goto(url);
    const user = page.getByRole('button', { name: firstName });
    if (await user.isVisible()) await user.click();
    for (const scope of consents++ === 0 ? rejected : []) await page.getByLabel(scope).uncheck();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(`${redirectUrl}?**`);
    return page.url();
  });
  await assistant.start();
  return assistant;
}

const textOf = ({ content: [{ text }] }) => JSON.parse(text);

describe('The example of an MCP server', () => {
  test('passes its own test: each tool allows the callers that its rules name', () =>
    example.npm('test'));

  test('takes the official client from the address alone to a tool call', async () => {
    const alice = await assistantOf('Alice');
    const { reports } = textOf(await alice.callTool('list_reports'));
    assert.deepEqual(
      reports.map(({ id }) => id),
      ['q3', 'q4'],
    );
    assert.deepEqual(alice.requests.slice(0, 4), [
      'POST /mcp 401',
      'GET /.well-known/oauth-protected-resource/mcp 200',
      'GET /.well-known/oauth-authorization-server/oauth/2.1 200',
      'POST /oauth/2.1/register 201',
    ]);
    const authorization = new URL(alice.signIns[0]);
    assert.equal(authorization.pathname, '/oauth/2.1/authorize');
    assert.equal(authorization.searchParams.get('resource'), `${origin}/mcp`);
    assert.equal(authorization.searchParams.get('code_challenge_method'), 'S256');
    assert.equal(alice.signIns.length, 1);
  });

  test('lists the tools for every user', async () => {
    assert.deepEqual(await (await assistantOf('Carol')).toolNames(), [
      'approve_report',
      'list_reports',
      'report_formats',
    ]);
  });

  test('approves a report for an Admin, and rejects a Member without another sign-in', async () => {
    const bob = await assistantOf('Bob');
    const { isApproved } = textOf(await bob.callTool('approve_report', { reportId: 'q4' }));
    assert.equal(isApproved, true);
    bob.stop();
    const carol = await assistantOf('Carol');
    const outcome = await carol
      .callTool('approve_report', { reportId: 'q4' })
      .catch((error) => error);
    assert.ok(outcome instanceof Error || outcome.isError === true);
    assert.equal(carol.signIns.length, 1);
  });

  test('refreshes an expired access token without the user', async () => {
    const alice = await assistantOf('Alice');
    await alice.callTool('list_reports');
    const granted = alice.savedTokens;
    alice.savedTokens = { ...granted, access_token: 'no-longer-valid' };
    assert.equal(textOf(await alice.callTool('list_reports')).reports.length, 2);
    assert.equal(alice.signIns.length, 1);
    assert.notEqual(alice.savedTokens.refresh_token, granted.refresh_token);
  });

  test('makes the client ask for the scope that a tool needs and the user has not granted', async () => {
    const alice = await assistantOf('Alice', { rejected: ['read:reports'] });
    assert.deepEqual(textOf(await alice.callTool('report_formats')).formats, ['pdf', 'csv']);
    assert.doesNotMatch(alice.savedTokens.scope ?? '', /read:reports/);
    assert.equal(textOf(await alice.callTool('list_reports')).reports.length, 2);
    assert.ok(alice.requests.includes('POST /mcp 403'));
    assert.equal(alice.signIns.length, 2);
    assert.match(new URL(alice.signIns[1]).searchParams.get('scope'), /read:reports/);
  });
});
