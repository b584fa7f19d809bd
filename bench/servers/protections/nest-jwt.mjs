import { JwtModule, JwtService } from '@nestjs/jwt';
import { UnauthorizedException, UseGuards } from '../../under-test/nest.mjs';
import { readBearerToken } from '../bearer-token.mjs';

/** The guard of the chapter "Authentication" of Nest's documentation, with a public key instead of a secret. */
class AuthGuard {
  constructor(jwtService) {
    this.jwtService = jwtService;
  }

  async canActivate(context) {
    const request = context.switchToHttp().getRequest();
    const token = readBearerToken(request);
    try {
      request.user = await this.jwtService.verifyAsync(token);
    } catch {
      throw new UnauthorizedException();
    }
    return true;
  }
}
// What the compiler of TypeScript writes for a constructor with a parameter.
Reflect.defineMetadata('design:paramtypes', [JwtService], AuthGuard);

export function createProtection({ verifierKey, issuer }) {
  const jwt = JwtModule.register({
    publicKey: verifierKey,
    verifyOptions: { algorithms: ['RS256'], issuer },
  });
  return { decorators: [UseGuards(AuthGuard)], module: { imports: [jwt] } };
}
