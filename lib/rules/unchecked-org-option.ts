/**
 * The option of all decorators that name the caller, such as `@RequireUser()`, for handlers without an organization rule.
 *
 * @publicApi
 */
export interface UncheckedOrgOption {
  /**
   * Whether calls may name any organization, so that nothing warns of calls that name one without a rule. It does not change who may call
   * the handlers. Default: `false`.
   *
   * @example
   * ```ts
   * @Post('/orgs/:orgId/join-requests')
   * @RequireUser({ uncheckedOrg: true })
   * askToJoin(@Param('orgId') orgId: string, @CurrentUser() user: User) {}
   * ```
   */
  uncheckedOrg?: boolean;
}

/**
 * The property that the option `uncheckedOrg` adds to the rule of a decorator.
 *
 * @throws {TypeError} when the option is not a boolean
 */
export function uncheckedOrgRule(
  decorator: string,
  { uncheckedOrg = false }: UncheckedOrgOption,
): { uncheckedOrg?: true } {
  if (typeof uncheckedOrg !== 'boolean') {
    throw new TypeError(`The option uncheckedOrg of ${decorator} has to be true or false.`);
  }
  return uncheckedOrg ? { uncheckedOrg } : {};
}
