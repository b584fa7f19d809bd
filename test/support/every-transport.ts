import { Controller, Get, type ModuleMetadata, type Provider, type Type } from '@nestjs/common';
import {
  Args,
  Field,
  ID,
  Mutation,
  ObjectType,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import { EventPattern, GrpcMethod, MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  activeOrg,
  OptionalUser,
  orgFromArgs,
  PropelAuthModule,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
} from 'nestjs-propelauth';
import { graphqlModule } from './graphql.js';
import type { PropelAuthOptions } from './guarded-application.js';
import { Issuer } from './issuer.js';

@ObjectType()
class Report {
  @Field(() => ID)
  id!: string;
}

@Resolver(() => Report)
export class GuardedResolver {
  @Query(() => [Report], { name: 'reports' })
  @RequireUser()
  list(): Report[] {
    return [{ id: 'r1' }];
  }

  @Mutation(() => Report)
  @RequireOrgMember({ org: orgFromArgs() })
  rename(@Args('orgId') orgId: string): Report {
    return { id: orgId };
  }

  @ResolveField(() => String)
  title(): string {
    return 'A title';
  }

  @ResolveField(() => String)
  @RequireOrgRole('Admin', { org: activeOrg() })
  secret(): string {
    return 'A secret';
  }
}

@WebSocketGateway()
export class GuardedGateway {
  @SubscribeMessage('list')
  @OptionalUser()
  list() {
    return { event: 'list', data: [] };
  }
}

@Controller()
export class GuardedController {
  @Get('reports')
  @RequireUser()
  list(): string[] {
    return [];
  }

  @MessagePattern({ cmd: 'sum' })
  @Public()
  sum(): number {
    return 0;
  }
}

@Resolver(() => Report)
export class OpenResolver {
  @Query(() => [Report])
  reports(): Report[] {
    return [];
  }
}

@WebSocketGateway()
export class OpenGateway {
  @SubscribeMessage('list')
  list() {
    return { event: 'list', data: [] };
  }
}

@Controller()
export class OpenMessages {
  @MessagePattern(['sum', 'total'])
  sum(): number {
    return 0;
  }

  @EventPattern('created')
  created(_report: unknown): void {}

  @GrpcMethod('MathService')
  add(): number {
    return 0;
  }
}

/** Messages have no place for a token of their own. */
const tokenSource = () => undefined;

/** An application with GraphQL and these controllers, resolvers and gateways, over all transports. */
export function everyTransport(
  controllers: Type[],
  providers: Provider[],
  options: Partial<PropelAuthOptions> = {},
): ModuleMetadata {
  return {
    imports: [
      PropelAuthModule.forRoot({ ...new Issuer().moduleOptions, tokenSource, ...options }),
      graphqlModule(),
    ],
    controllers,
    providers,
  };
}
