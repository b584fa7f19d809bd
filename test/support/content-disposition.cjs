/*
 * In place of the package of this name, which is ESM only and which @fastify/static requires: Jest cannot require ESM before
 * Node.js 24. It is for downloads, and Swagger UI has none.
 */
module.exports.create = () => 'attachment';
