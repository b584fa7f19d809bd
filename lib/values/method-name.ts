/** The name of a method, also where a library or a constructor has bound it. For messages only: the name proves nothing. */
export function methodNameOf(method: { readonly name: string }): string {
  return method.name.replace(/^(bound )+/, '');
}
