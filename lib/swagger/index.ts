export { PropelAuthSwagger, type PropelAuthSwaggerDocumentOptions } from './propel-auth-swagger.js';
export type { SwaggerOAuth2Options } from './security-schemes.js';
export type { AccessExtension } from './operation-rule.js';
