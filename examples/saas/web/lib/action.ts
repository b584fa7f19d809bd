import 'server-only';
import { refresh } from 'next/cache';
import { callApi } from './api';

export interface ActionResult {
  readonly error?: string;
}

/** Changes something and shows the page anew, or returns the API's reason. */
export async function change(method: string, path: string, body?: object): Promise<ActionResult> {
  const response = await callApi(path, { method, body: JSON.stringify(body) });
  if (response.ok) refresh();
  if (response.ok) return {};
  if (response.status === 403) return { error: 'Your role does not allow this (403).' };
  const { message } = await response.json();
  return { error: String(message) };
}
