'use client';

import { type PropsWithChildren, useActionState } from 'react';

type Action = (form: FormData) => Promise<string | undefined>;
type ActionFormProps = PropsWithChildren<{ action: Action; submit: string }>;

export function ActionForm({ action, submit, children }: ActionFormProps) {
  const run = (_previous: string | undefined, form: FormData) => action(form);
  const [error, formAction, isPending] = useActionState(run, undefined);
  return (
    <form action={formAction}>
      {children}
      <button disabled={isPending}>{submit}</button>
      {error && <span role="alert">{error}</span>}
    </form>
  );
}
