/** Acme Inc in propelauth.emulator.json, with which Swagger UI fills in paths. */
export const EXAMPLE_ORG_ID = 'acce0000-0000-4000-8000-000000000000';
