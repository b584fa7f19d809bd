export const sessionPage = (authUrl: string) => `<!doctype html>
<title>Signing in</title>
<p id="message">Signing in…</p>
<script src="/propelauth/javascript.min.js"></script>
<script type="module">
  const client = PropelAuth.createClient({ authUrl: ${JSON.stringify(authUrl)} });
  const login = await client.getAuthenticationInfoOrNull();
  const headers = { Authorization: 'Bearer ' + login?.accessToken };
  const response = await fetch('/session', { method: 'POST', headers });
  const to = new URL(new URLSearchParams(location.search).get('to') ?? '/', location.origin);
  if (response.ok) location.replace(to.origin === location.origin ? to.href : '/');
  else document.getElementById('message').textContent = 'Signing in failed: ' + response.status;
</script>`;
