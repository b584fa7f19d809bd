import { FastifyAdapter } from '@nestjs/platform-fastify';
import { authJwtAccess, AuthJwtModule } from '../../samples/auth-jwt.js';
import { cacheAccess, CacheAppModule } from '../../samples/cache.js';
import { catsAppAccess, CatsAppModule, prepareCatsApp } from '../../samples/cats-app.js';
import { dynamicModulesAccess, DynamicModulesModule } from '../../samples/dynamic-modules.js';
import { fastifyAccess, FastifyModule } from '../../samples/fastify.js';
import { fileUploadAccess, FileUploadModule } from '../../samples/file-upload.js';
import { gatewaysAccess, GatewaysModule } from '../../samples/gateways.js';
import {
  gatewaysWsAccess,
  GatewaysWsModule,
  prepareGatewaysWs,
} from '../../samples/gateways-ws.js';
import {
  graphqlFederationAccess,
  GraphqlFederationModule,
} from '../../samples/graphql-federation.js';
import {
  graphqlCodeFirstAccess,
  GraphqlCodeFirstModule,
} from '../../samples/graphql-code-first.js';
import {
  graphqlSchemaFirstAccess,
  GraphqlSchemaFirstModule,
} from '../../samples/graphql-schema-first.js';
import {
  microservicesAccess,
  MicroservicesModule,
  prepareMicroservices,
} from '../../samples/microservices.js';
import { mvcAccess, MvcModule } from '../../samples/mvc.js';
import { serializerAccess, SerializerModule } from '../../samples/serializer.js';
import { sseAccess, SseModule } from '../../samples/sse.js';
import { prepareSwagger, swaggerAccess, SwaggerModuleOfCats } from '../../samples/swagger.js';
import type { AccessCase } from './access-case.js';

/** The samples of Nest's own repository, with access decorators. */
export const SAMPLES: readonly AccessCase[] = [
  {
    name: '01-cats-app',
    imports: [CatsAppModule],
    table: catsAppAccess,
    prepare: prepareCatsApp,
  },
  { name: '02-gateways', imports: [GatewaysModule], table: gatewaysAccess },
  {
    name: '03-microservices',
    imports: [MicroservicesModule],
    table: microservicesAccess,
    prepare: prepareMicroservices,
  },
  {
    name: '10-fastify',
    imports: [FastifyModule],
    table: fastifyAccess,
    adapter: () => new FastifyAdapter(),
  },
  {
    name: '11-swagger',
    imports: [SwaggerModuleOfCats],
    table: swaggerAccess,
    prepare: prepareSwagger,
  },
  {
    name: '12-graphql-schema-first',
    imports: [GraphqlSchemaFirstModule],
    table: graphqlSchemaFirstAccess,
  },
  { name: '15-mvc', imports: [MvcModule], table: mvcAccess },
  {
    name: '16-gateways-ws',
    imports: [GatewaysWsModule],
    table: gatewaysWsAccess,
    prepare: prepareGatewaysWs,
  },
  { name: '19-auth-jwt', imports: [AuthJwtModule], table: authJwtAccess },
  { name: '20-cache', imports: [CacheAppModule], table: cacheAccess },
  { name: '21-serializer', imports: [SerializerModule], table: serializerAccess },
  {
    name: '23-graphql-code-first',
    imports: [GraphqlCodeFirstModule],
    table: graphqlCodeFirstAccess,
  },
  { name: '25-dynamic-modules', imports: [DynamicModulesModule], table: dynamicModulesAccess },
  { name: '28-sse', imports: [SseModule], table: sseAccess },
  { name: '29-file-upload', imports: [FileUploadModule], table: fileUploadAccess },
  {
    name: '31-graphql-federation-code-first',
    imports: [GraphqlFederationModule],
    table: graphqlFederationAccess,
  },
];
