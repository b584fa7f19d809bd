/* What `npm run backfill` runs, with a PropelAuth in memory. */
import { FakePropelAuthApi, TestIssuer } from 'nestjs-propelauth/testing';
import { readDeleteMany, runBackfill } from '../src/accounts/run-backfill.js';
import { addProject } from './large-project.js';

const api = new FakePropelAuthApi({ issuer: await TestIssuer.create() });
addProject(api, Number(process.env['USERS']), 10);
const deleteMany = readDeleteMany(process.argv.slice(2));
process.exitCode = await runBackfill(api, process.env['ACCOUNTS_URL']!, deleteMany);
