import 'server-only';
import { getAccessTokenAsync, getCurrentPathAsync } from '@propelauth/nextjs/server/app-router';
import { refresh } from 'next/cache';
import { forbidden, notFound, redirect } from 'next/navigation';

export type Project = {
  id: string;
  name: string;
  leadId: string | null;
  archivedAt: string | null;
};

/** Calls the API as the signed-in user. The browser never sees this request. */
async function callApi(path: string, init: RequestInit = {}): Promise<Response> {
  const token = await getAccessTokenAsync();
  if (token) {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const url = new URL(path, process.env.API_URL);
    const response = await fetch(url, { ...init, headers, cache: 'no-store' }); // not shared between users
    if (response.status !== 401) return response;
  }
  const query = new URLSearchParams({ return_to_path: (await getCurrentPathAsync()) ?? '/' });
  redirect(`/api/auth/login?${query}`);
}

/** Reads for a page. */
export async function read<Result>(path: string): Promise<Result> {
  const response = await callApi(path);
  if (response.status === 403) forbidden();
  if (response.status === 404 || response.status === 400) notFound();
  if (!response.ok) throw new Error(`GET ${path} returned ${response.status}.`);
  return response.json();
}

/** Changes something and shows the page again, or returns why the API rejects it. */
export async function change(method: string, path: string, body?: object) {
  const response = await callApi(path, { method, body: JSON.stringify(body) });
  if (response.status === 403) return 'You may not do this (403).';
  if (!response.ok) {
    const error = await response.json().catch(() => undefined); // A proxy can return HTML.
    return String(error?.message ?? `The API returned ${response.status}.`);
  }
  refresh();
}
