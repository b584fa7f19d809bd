import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { MessagePattern, Payload, Transport } from '@nestjs/microservices';
import {
  orgFromMessage,
  PropelAuthModule,
  Public,
  RequireOrgMember,
  tokenFromHeader,
  type TokenSource,
} from 'nestjs-propelauth';
import type { AccessTable } from 'nestjs-propelauth/testing';
import { settings } from './settings.js';

/** 03-microservices: a message beside an HTTP route. */

const fromHeader = tokenFromHeader();

/** Messages have no headers over TCP, so that their data has the token. */
const tokenSource: TokenSource = (context) =>
  context.getType() === 'rpc'
    ? context.switchToRpc().getData<{ accessToken?: string }>().accessToken
    : fromHeader(context);

@Controller()
class MathController {
  @Get()
  @Public()
  execute() {
    return this.sum({ numbers: [1, 2, 3, 4, 5] });
  }

  @MessagePattern('sum')
  sum(@Payload() { numbers }: { numbers: number[] }) {
    return numbers.reduce((a, b) => a + b);
  }

  @MessagePattern('sum of org')
  @RequireOrgMember({ org: orgFromMessage('orgId') })
  sumOfOrg(@Payload() { numbers }: { numbers: number[] }) {
    return this.sum({ numbers });
  }
}

@Module({
  imports: [PropelAuthModule.forRoot({ ...settings, tokenSource })],
  controllers: [MathController],
})
export class MicroservicesModule {}

/** As its main.ts does. */
export function prepareMicroservices(app: INestApplication): void {
  app.connectMicroservice(
    { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } },
    { inheritAppConfig: true },
  );
}

export const microservicesAccess: AccessTable = {
  'GET /': 'public',
  'message sum': 'user',
  'message sum of org': 'members of the org in message orgId',
};
