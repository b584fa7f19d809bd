/**
 * Returns a collaborator that has only the members a test needs. Name its class, so that the compiler checks the members and the position
 * in a constructor: `new CallerLookup(fake<Policies>({ of: () => policy }), …)`.
 */
export function fake<Collaborator extends object>(
  members: Partial<NoInfer<Collaborator>>,
): Collaborator {
  return members as Collaborator;
}
