/**
 * OpenAPI documents that say what the guard does, and a Swagger UI that signs in. The only part that needs `@nestjs/swagger`.
 *
 * @module nestjs-propelauth/swagger
 */
export { PropelAuthSwagger, type PropelAuthSwaggerDocumentOptions } from './propel-auth-swagger.js';
export type { SwaggerOAuth2Options } from './security-schemes.js';
export type { AccessExtension } from './guarded-operations.js';
