/** Whole HTTP requests as text, one for each token. A server with other credentials, such as a cookie, gets those instead. */
export function createRequests({ port, request, credentials }, tokens) {
  const all = credentials ? [credentials] : tokens.map(bearer);
  return all.map((headers) => {
    const lines = Object.entries({
      Host: `127.0.0.1:${port}`,
      Connection: 'keep-alive',
      Accept: 'application/json',
      'User-Agent': 'nestjs-propelauth-bench',
      ...request.headers,
      ...headers,
      ...(request.body && { 'Content-Length': request.body.length }),
    }).map(([name, value]) => `${name}: ${value}`);
    const head = [`${request.method} ${request.path} HTTP/1.1`, ...lines].join('\r\n');
    return `${head}\r\n\r\n${request.body ?? ''}`;
  });
}

/** Makes sure that a server accepts its credentials and rejects a request without them, so that the guard really runs. */
export async function checkServer(server, [token], { isOpen }) {
  const credentials = server.credentials ?? bearer(token);
  if (!(await isAccepted(server, credentials))) throw new Error('Error: it rejects its requests');
  if ((await isAccepted(server, {})) !== isOpen) throw new Error('Error: its guard does not run');
}

async function isAccepted({ port, request: { path, ...request } }, credentials) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    ...request,
    headers: { ...request.headers, ...credentials },
  });
  const body = await response.text();
  if (response.ok) return !body.includes('"errors"');
  if (response.status === 401) return false;
  throw new Error(`Error: it returns ${response.status} ${body}`);
}

function bearer(token) {
  return { Authorization: `Bearer ${token}` };
}
