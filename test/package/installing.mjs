/*
 * Installs the packed package into applications whose other packages could get in its way: an older nestjs-cls, Nest only through another
 * package, and a version of Nest that is not supported.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { npm, run } from '../compat/command.mjs';
import { pack } from './packed-package.mjs';

const QUIET = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'];
const NEST = ['common', 'core', 'platform-express'].map((name) => `@nestjs/${name}`);
/** It has Nest 11 among its dependencies, and the application does not. */
const VENDURE = '@vendure/core@3.7.3';
const workspace = mkdtempSync(join(tmpdir(), 'installing-'));
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** An application with one guarded route and one public one. Prints what they return without a token. */
const APPLICATION = `
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PropelAuthModule, Public, RequireUser } from 'nestjs-propelauth';

class AppController {
  me() {}
  open() {}
}
for (const [name, decorate] of [['me', RequireUser()], ['open', Public()]]) {
  const descriptor = Object.getOwnPropertyDescriptor(AppController.prototype, name);
  for (const one of [Get(name), decorate]) one(AppController.prototype, name, descriptor);
}
Controller()(AppController);

class AppModule {}
const verifierKey = ${JSON.stringify(publicKey.export({ type: 'spki', format: 'pem' }))};
const propelAuth = PropelAuthModule.forRoot({
  authUrl: 'https://auth.example.com',
  apiKey: 'the-api-key',
  manualTokenVerificationMetadata: { verifierKey, issuer: 'https://auth.example.com' },
});
Module({ imports: [propelAuth], controllers: [AppController] })(AppModule);

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(0, '127.0.0.1');
const url = await app.getUrl();
const statuses = [];
for (const path of ['me', 'open']) statuses.push((await fetch(url + '/' + path)).status);
console.log(statuses.join(' '));
await app.close();
`;

let tarball;

/** A folder with an empty application. */
function createApplication(name) {
  const cwd = join(workspace, name);
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ name, private: true }));
  writeFileSync(join(cwd, 'app.mjs'), APPLICATION);
  return {
    cwd,
    install: (...packages) => npm(['install', ...QUIET, ...packages], { cwd }),
    node: (...args) => run(process.execPath, args, { cwd }),
  };
}

/** The folders that npm has chosen for a package. */
function placesOf(name, { cwd }) {
  const { packages } = JSON.parse(readFileSync(join(cwd, 'package-lock.json'), 'utf8'));
  return Object.keys(packages).filter((path) => path.endsWith(`node_modules/${name}`));
}

before(async () => {
  tarball = await pack(workspace);
});

after(() => rmSync(workspace, { recursive: true, force: true }));

describe('The packed package', { concurrency: 2 }, () => {
  test('installs and works beside nestjs-cls 5', async () => {
    const application = createApplication('cls-5');
    await application.install(...NEST.map((name) => `${name}@11`), 'nestjs-cls@5', 'rxjs@7');
    await application.install(tarball);
    assert.equal(await application.node('app.mjs'), '401 200\n');
  });

  test('uses the Nest of Vendure, where the application has no other', async () => {
    const application = createApplication('vendure');
    await application.install(VENDURE, tarball);
    assert.deepEqual(placesOf('@nestjs/core', application), ['node_modules/@nestjs/core']);
    assert.equal(await application.node('app.mjs'), '401 200\n');
  });

  test('installs into an application that has Vendure already, where npm decides otherwise', async () => {
    const application = createApplication('vendure-before');
    // What npm decides; the test before this one installs it.
    await application.install('--package-lock-only', VENDURE);
    await application.install('--package-lock-only', tarball);
    assert.deepEqual(placesOf('@nestjs/core', application), ['node_modules/@nestjs/core']);
  });

  test('is rejected by npm beside Nest 10, and says so itself where npm is told to ignore that', async () => {
    const application = createApplication('nest-10');
    await application.install(
      ...NEST.map((name) => `${name}@10`),
      'reflect-metadata@0.2',
      'rxjs@7',
    );
    await assert.rejects(application.install(tarball), /ERESOLVE[^]*@nestjs\/common@"\^11\.0\.0/);
    await application.install('--legacy-peer-deps', tarball);
    const explanation = /Error: nestjs-propelauth needs NestJS 11 or 12/;
    await assert.rejects(application.node('app.mjs'), explanation);
    const load = ['--eval', "require('nestjs-propelauth')"];
    await assert.rejects(application.node(...load), explanation);
    const withoutModules = '--no-experimental-require-module';
    if (process.allowedNodeEnvironmentFlags.has(withoutModules)) {
      await assert.rejects(application.node(withoutModules, ...load), explanation);
    }
  });
});
