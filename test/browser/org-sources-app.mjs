import 'reflect-metadata';
import { Controller, Get, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ApiBody, ApiProperty, DocumentBuilder } from '@nestjs/swagger';
import {
  activeOrg,
  CurrentOrg,
  orgFromBody,
  orgFromHeader,
  orgFromQuery,
  orgNameFromParam,
  PropelAuthModule,
  RequireOrgMember,
} from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { TestIssuer } from 'nestjs-propelauth/testing';

const issuer = await TestIssuer.create();

/** An organization, one of its members, and a user who is not in it. */
export const ACME = { orgId: issuer.orgId('Acme Inc'), orgName: 'Acme Inc', role: 'Member' };
const alice = { email: 'alice@example.com', orgs: [ACME], activeOrgId: ACME.orgId };
const dave = { email: 'dave@example.com' };

export const tokenOfMember = () => issuer.accessToken(alice);
export const tokenOfOther = () => issuer.accessToken(dave);

class Note {}
ApiProperty({ type: String })(Note.prototype, 'text');

/** A route for each built-in source. No handler declares what its rule reads. */
const ROUTES = {
  path: [Get('path/:orgId'), RequireOrgMember()],
  name: [Get('name/:orgName'), RequireOrgMember({ org: orgNameFromParam() })],
  query: [Get('query'), RequireOrgMember({ org: orgFromQuery() })],
  header: [Get('header'), RequireOrgMember({ org: orgFromHeader('x-org-id') })],
  body: [Post('body'), HttpCode(200), RequireOrgMember({ org: orgFromBody('orgId') })],
  note: [
    Post('note'),
    HttpCode(200),
    ApiBody({ type: Note }),
    RequireOrgMember({ org: orgFromBody('orgId') }),
  ],
  token: [Get('token'), RequireOrgMember({ org: activeOrg() })],
};

class OrgController {}
for (const [name, decorators] of Object.entries(ROUTES)) {
  const { prototype } = OrgController;
  Object.assign(prototype, { [name]: (orgId) => ({ orgId }) });
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
  CurrentOrg('orgId')(prototype, name, 0);
  for (const decorate of decorators) decorate(prototype, name, descriptor);
}
Controller()(OrgController);

class AppModule {}
Module({
  imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, debugMode: true })],
  controllers: [OrgController],
})(AppModule);

/** Starts the application, with its Swagger UI at `/docs`. */
export async function startOrgSourcesApp(adapter) {
  const app = await NestFactory.create(AppModule, adapter, { logger: false });
  const config = new DocumentBuilder().setTitle('Organizations').build();
  PropelAuthSwagger.setup('docs', app, () => PropelAuthSwagger.createDocument(app, config));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address();
  return { origin: `http://127.0.0.1:${port}`, close: () => app.close() };
}
