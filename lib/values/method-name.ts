/** The name of a method, without the "bound" of `bind()`. For messages only: the name proves nothing. */
export function methodNameOf(method: { readonly name: string }): string {
  return method.name.replace(/^(bound )+/, '');
}
