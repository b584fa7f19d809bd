import { BadRequestException, Controller, Get, Header, Query } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from 'nestjs-propelauth';
import { LocalIssuer } from './local-issuer.js';
import { PEOPLE, type Person } from './people.js';

/**
 * PropelAuth's endpoint of this path gives an access token to whoever is signed in; nobody signs in
 * here, so the request says who it is. There are no CORS headers on purpose: no other web page may
 * read a token.
 */
@Controller('api/v1/refresh_token')
@Public()
@ApiExcludeController()
export class RefreshTokenController {
  constructor(private readonly issuer: LocalIssuer) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  async refreshToken(@Query('user') name: unknown): Promise<{ access_token: string }> {
    return { access_token: await this.issuer.accessTokenOf(findPerson(name)) };
  }
}

function findPerson(name: unknown): Person {
  const person = PEOPLE.find((candidate) => candidate.name === name);
  if (person) return person;
  const names = PEOPLE.map((candidate) => `?user=${candidate.name}`);
  throw new BadRequestException(`Say whose access token it shall be: ${names.join(', ')}.`);
}
