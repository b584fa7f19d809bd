import { readFileSync, writeFileSync } from 'node:fs';
import { stopClock } from '../support/fake-timers.js';
import {
  startFurtherApplication,
  startMicroserviceApplication,
  startNativeApplication,
  startSocketIoApplication,
  startWebApplication,
} from './applications.js';
import { CREDENTIALS_IN_REQUESTS } from './credentials.js';
import { LongTimers } from './long-timers.js';
import { fileOf } from './outcomes-file.js';
import { NOW } from './people.js';
import { fatesOf, NATIVE_STREAMS, SOCKET_IO_STREAMS, WEB_STREAMS } from './streams.js';
import { tablesOf } from './table.js';

const KEPT_FILE = 'test/calls/outcomes.md';
const AN_HOUR = 3_600_000;

/** Makes all calls, opens all streams, and writes down what comes of them. */
async function generate(): Promise<string> {
  // Live access asks PropelAuth about the first tokens after a start. The applications have run for an hour.
  stopClock(NOW - AN_HOUR);
  const timers = new LongTimers();
  const express = await startWebApplication('express');
  const fastify = await startWebApplication('fastify');
  const socketIo = await startSocketIoApplication();
  const microservice = await startMicroserviceApplication();
  const native = await startNativeApplication();
  const further = await startFurtherApplication('express');
  const furtherOverFastify = await startFurtherApplication('fastify');
  jest.setSystemTime(NOW);
  const tables = [
    ...(await tablesOf(express)),
    ...(await tablesOf(socketIo)),
    ...(await tablesOf(microservice)),
    ...(await tablesOf(native)),
    ...(await tablesOf(further)),
  ];
  const overFastify = [
    ...(await tablesOf(fastify, CREDENTIALS_IN_REQUESTS)),
    ...(await tablesOf(furtherOverFastify)),
  ];
  const fates = new Map([
    ...(await fatesOf(express, WEB_STREAMS, timers)),
    ...(await fatesOf(socketIo, SOCKET_IO_STREAMS, timers)),
    ...(await fatesOf(native, NATIVE_STREAMS, timers)),
  ]);
  const fatesOverFastify = await fatesOf(fastify, WEB_STREAMS, timers);
  return fileOf({ tables, overFastify, fates, fatesOverFastify });
}

/** The parts of the file, by their titles. */
function partsOf(file: string): Map<string, string> {
  return new Map(file.split(/^## /m).map((part) => [part.slice(0, part.indexOf('\n')), part]));
}

function readParts(): Map<string, string> {
  return partsOf(readFileSync(KEPT_FILE, 'utf8'));
}

/** In milliseconds. Each of about 5,000 calls is made one after the other, over five transports. */
const GENERATED_WITHIN = 180_000;

describe('Every kind of caller, with every credential, gets what outcomes.md says', () => {
  let outcomes: Map<string, string>;
  let kept: Map<string, string>;

  beforeAll(async () => {
    const file = await generate();
    if (process.env['UPDATE_OUTCOMES'] === '1') writeFileSync(KEPT_FILE, file);
    outcomes = partsOf(file);
    kept = readParts();
  }, GENERATED_WITHIN);

  it.each([...readParts().keys()])('in %s', (title) => {
    expect(outcomes.get(title)).toBe(kept.get(title));
  });

  it('in all of its parts', () => {
    expect([...outcomes.keys()]).toEqual([...kept.keys()]);
  });
});
