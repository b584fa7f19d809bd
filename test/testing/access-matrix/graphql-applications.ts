import type { CanActivate, INestApplication, ModuleMetadata } from '@nestjs/common';
import { PropelAuthGuard } from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import {
  type MatrixApplicationOptions,
  startMatrixApplication,
} from '../../support/access-matrix.js';
import { graphqlModule } from '../../support/graphql.js';

/** The resolvers that have run. */
export const ran: string[] = [];

interface Setup extends Pick<MatrixApplicationOptions, 'prepare'> {
  /** What the guard of the package is replaced by. */
  readonly guard?: CanActivate;
  readonly options?: MatrixApplicationOptions['module'];
}

/** Starts an application with GraphQL for `toHold()`. */
export async function startGraphqlMatrix(
  { imports = [graphqlModule()], ...metadata }: ModuleMetadata,
  { guard, options, prepare }: Setup = {},
): Promise<INestApplication> {
  const { app } = await startMatrixApplication({
    ...metadata,
    imports,
    module: options,
    prepare,
    override: (builder) =>
      guard ? builder.overrideProvider(PropelAuthGuard).useValue(guard) : builder,
  });
  return app;
}

/** What `toHold()` finds: each problem with each of its callers, and the advice where the handler cannot be called. No resolver may run. */
export async function findingsIn(
  app: INestApplication,
  ...options: Parameters<ReturnType<typeof expectAccess>['toHold']>
): Promise<string[]> {
  const message = await expectAccess(app)
    .toHold(...options)
    .then(() => undefined, messageOf);
  expect(ran).toEqual([]);
  if (message === undefined) return [];
  const [heading, ...paragraphs] = message.split('\n\n');
  expect(heading).toBe('toHold() found problems with the access rules:');
  return paragraphs.flatMap(sentencesIn);
}

function messageOf(error: Error): string {
  return error.message;
}

/** Each handler with its problem, also where several handlers share it. */
function sentencesIn(paragraph: string): string[] {
  const lines = paragraph.split('\n');
  const end = lines.findIndex((line) => line.startsWith('Each of these'));
  if (end < 0) return sentencesAbout(lines);
  const names = lines
    .slice(0, end)
    .map((line) => /^.*? \(\S+\.\S+\)(?=: )/.exec(line)?.[0] ?? line);
  const [problem = '', ...others] = lines.slice(end);
  return names.flatMap((name) =>
    sentencesAbout([problem.replace(/^Each of these \d+ handlers/, name), ...others]),
  );
}

function sentencesAbout([problem = '', ...lines]: readonly string[]): string[] {
  const callers = lines.filter((line) => line.startsWith('  - '));
  if (problem.endsWith('cannot be called.')) return [`${problem} ${lines.at(-1)?.trim()}`];
  if (callers.length === 0) return [problem];
  return callers.map((caller) => `${problem.slice(0, -1)} ${caller.slice('  - '.length)}.`);
}
