/** What both entries and the test pass to the module: a route without a decorator requires a user. */
export const accessOptions = { requireUserByDefault: true };
