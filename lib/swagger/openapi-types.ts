import type { OpenAPIObject } from '@nestjs/swagger';

// @nestjs/swagger exports the type of the document, but not the types inside it.
export type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
export type Parameters = NonNullable<Operation['parameters']>;
export type Parameter = Exclude<Parameters[number], Reference>;
export type RequestBody = Exclude<NonNullable<Operation['requestBody']>, Reference>;
export type Responses = Operation['responses'];
export type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
export type SchemaOrReference = Schemas[string];
export type Schema = Exclude<SchemaOrReference, Reference>;

interface Reference {
  $ref: string;
}
