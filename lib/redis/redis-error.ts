/** An error of Redis or of the way to it, whose `code` says what is wrong: `ECONNREFUSED`, or the first word of a reply, such as `NOPERM`. */
export function redisError(error: unknown): unknown {
  if (!(error instanceof Error) || 'code' in error) return error;
  const [, code] = /^([A-Z]{2,32}) /.exec(error.message) ?? [];
  return code === undefined ? error : Object.assign(new Error(error.message), { code });
}
