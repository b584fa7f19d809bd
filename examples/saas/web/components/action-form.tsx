'use client';

import { type ReactNode, useActionState } from 'react';
import type { ActionResult } from '../lib/action';

interface ActionFormProps {
  action: (form: FormData) => Promise<ActionResult>;
  submit: string;
  children?: ReactNode;
}

/** A form of a server action, with the error that the API has returned. */
export function ActionForm({ action, submit, children }: ActionFormProps) {
  const [result, formAction, isPending] = useActionState(
    (_previous: ActionResult, form: FormData) => action(form),
    {},
  );
  return (
    <form action={formAction}>
      {children}
      <button disabled={isPending}>{submit}</button>
      {result.error && <span role="alert">{result.error}</span>}
    </form>
  );
}
