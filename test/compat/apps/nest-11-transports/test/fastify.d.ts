/** The declarations of GraphQL Yoga's driver name it, whatever the application runs on. */
declare module 'fastify' {
  export type FastifyInstance = never;
  export type FastifyReply = never;
  export type FastifyRequest = never;
}
