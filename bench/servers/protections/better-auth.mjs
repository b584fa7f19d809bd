import { AuthModule } from '@thallesp/nestjs-better-auth';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';

/**
 * The global guard of nestjs-better-auth, set up as in its README. The session is that of a user who has signed up, and the cookie cache
 * is on, as Better Auth's guide to performance recommends: a session in the cookie is verified without the store.
 */
export async function createProtection() {
  const auth = betterAuth({
    baseURL: 'http://127.0.0.1',
    secret: 'a secret that is only used in the benchmark',
    database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
    emailAndPassword: { enabled: true },
    session: { cookieCache: { enabled: true, maxAge: 5 * 60 } },
    telemetry: { enabled: false },
  });
  return {
    module: { imports: [AuthModule.forRoot({ auth })] },
    applicationOptions: { bodyParser: false },
    credentials: { Cookie: await signUp(auth) },
  };
}

/** @returns the cookies of the new session, as a browser sends them */
async function signUp(auth) {
  const response = await auth.api.signUpEmail({
    body: { name: 'Ada', email: 'ada@example.com', password: 'only in the benchmark' },
    asResponse: true,
  });
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  return cookies.join('; ');
}
