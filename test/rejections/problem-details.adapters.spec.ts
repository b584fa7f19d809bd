import { readFileSync } from 'node:fs';
import { BadRequestException, Controller, Get, NotFoundException } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { RequireOrgMember } from 'nestjs-propelauth';
import { beforeTests } from '../support/application.js';
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import { ACME_ID, alice, headersOf } from '../support/project.js';
import { ProblemDetailsFilter } from './problem-details.filter.js';

const PROBLEMS = 'https://api.example.com/problems';

@Controller('orgs/:orgId')
class TeamsController {
  @Get('members')
  @RequireOrgMember()
  members() {
    return [];
  }

  @Get('unknown-member')
  unknownMember() {
    throw new NotFoundException('The team has no such member', {
      errorCode: 'team/member_not_found',
    });
  }

  @Get('invalid')
  invalid() {
    throw new BadRequestException(['name is missing', 'age is no number']);
  }
}

describe('The filter of docs/errors.md for problem details', () => {
  const application = beforeTests(() =>
    startGuarded(
      {
        controllers: [TeamsController],
        providers: [{ provide: APP_FILTER, useClass: ProblemDetailsFilter }],
      },
      { debugMode: false },
    ),
  );

  async function get(path: string, headers: Record<string, string> = {}) {
    const response = await request(application.url).get(`/orgs/${path}`).set(headers);
    return { type: response.type, headers: response.headers, problem: response.body as unknown };
  }

  it('is what the page shows', () => {
    const code = readFileSync('test/rejections/problem-details.filter.ts', 'utf8');
    expect(readFileSync('docs/errors.md', 'utf8')).toContain(code);
  });

  it('makes problems of rejections, with their challenge', async () => {
    const { type, problem, headers } = await get(`${ACME_ID}/members`);
    expect(type).toBe('application/problem+json');
    expect(headers['www-authenticate']).toBe('Bearer');
    expect(problem).toEqual({
      type: `${PROBLEMS}/token_missing`,
      title: 'Unauthorized',
      status: 401,
      code: 'token_missing',
    });
    const denied = await get('another-org/members', await headersOf(issuer, alice));
    expect(denied.problem).toEqual({
      type: `${PROBLEMS}/org_access_denied`,
      title: 'Forbidden',
      status: 403,
      code: 'org_access_denied',
    });
  });

  it("makes problems of the application's own errors, with their codes", async () => {
    expect((await get('acme/unknown-member')).problem).toEqual({
      type: `${PROBLEMS}/team/member_not_found`,
      title: 'Not Found',
      status: 404,
      code: 'team/member_not_found',
      detail: 'The team has no such member',
    });
    expect((await get('acme/invalid')).problem).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: 'name is missing; age is no number',
    });
    expect((await get('acme/nothing')).type).toBe('application/problem+json');
  });

  it('leaves other responses as they are', async () => {
    const { type, problem } = await get(`${ACME_ID}/members`, await headersOf(issuer, alice));
    expect(type).toBe('application/json');
    expect(problem).toEqual([]);
  });
});
