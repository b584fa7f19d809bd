import { Controller, Get, Post } from '@nestjs/common';
import { CurrentUser, RequireUser, type User } from 'nestjs-propelauth';
import { issuer, request, startGuarded } from '../../support/guarded-application.js';
import { alice, dave, headersOf } from '../../support/project.js';

const written: string[] = [];

@Controller()
class WhoAmIController {
  @Get('whoami')
  @RequireUser()
  whoAmI(@CurrentUser() user: User) {
    return { userId: user.userId };
  }

  @Get('open')
  open() {
    return { open: true };
  }
}

@RequireUser()
@Controller('notes')
class NotesController {
  @Get()
  list(@CurrentUser() user: User) {
    return { userId: user.userId };
  }

  @Post()
  write(@CurrentUser() user: User) {
    written.push(user.userId);
    return { userId: user.userId };
  }
}

const { url } = await startGuarded({ controllers: [WhoAmIController, NotesController] });

describe('@RequireUser()', () => {
  it('injects the user of a valid access token', async () => {
    await request(url, alice).get('/whoami').expect(200, { userId: alice.userId });
  });

  it('returns 401 and a challenge without parameters if there is no token', async () => {
    await request(url)
      .get('/whoami')
      .expect(401, { statusCode: 401, message: 'Unauthorized', code: 'token_missing' })
      .expect('WWW-Authenticate', 'Bearer');
  });

  it('requires no organization', async () => {
    await request(url, dave).get('/whoami').expect(200, { userId: dave.userId });
  });

  it('on a handler does not affect other handlers', async () => {
    await request(url).get('/open').expect(200, { open: true });
  });

  it('on a class applies to every handler', async () => {
    const headers = await headersOf(issuer, alice);
    await request(url).get('/notes').expect(401);
    await request(url).post('/notes').expect(401);
    await request(url).get('/notes').set(headers).expect(200);
    await request(url).post('/notes').set(headers).expect(201);
  });

  it('does not run the handler after a rejection', async () => {
    written.length = 0;
    await request(url).post('/notes').set('Authorization', 'Bearer x').expect(401);
    expect(written).toEqual([]);
  });
});
