/** The name of a method, without the prefix of `bind()`. For messages only: anyone can give a method any name. */
export function methodNameOf(method: { readonly name: string }): string {
  return method.name.replace(/^(bound )+/, '');
}
