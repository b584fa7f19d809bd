import 'server-only';
import { getAccessTokenAsync, getCurrentPathAsync } from '@propelauth/nextjs/server/app-router';
import { forbidden, notFound, redirect } from 'next/navigation';

/** Calls the API as the signed-in user. The browser never sees this request. */
export async function callApi(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(new URL(path, process.env.API_URL), {
    ...init,
    cache: 'no-store', // What one user may see is not for the next.
    headers: {
      Authorization: `Bearer ${await getAccessTokenAsync()}`,
      'Content-Type': 'application/json',
    },
  });
  if (response.status !== 401) return response;
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
