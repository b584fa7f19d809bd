import { ACME, PEOPLE, type Person } from '../people.js';
import type { OAuthParameters } from './oauth-parameters.js';

/** What the form brings back of the request that the page is for. */
const KEPT_PARAMETERS = [
  'client_id',
  'redirect_uri',
  'response_type',
  'state',
  'org_id',
  'code_challenge',
  'code_challenge_method',
];

/** The system's own colors, light or dark as the person has them. */
export const STYLE = `
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
  main { max-width: 24rem; margin: 12vh auto; padding: 0 1rem; }
  h1 { font-size: 1.5rem; line-height: 1.2; }
  button {
    display: flex; justify-content: space-between; gap: 1rem;
    width: 100%; margin: 0.75rem 0; padding: 0.75rem 1rem;
    font: inherit; cursor: pointer;
  }
`;

/** Asks who it is. */
export function peoplePage(parameters: OAuthParameters): string {
  return page(
    'Who are you?',
    `<p>This is the local issuer of the sample app, in place of PropelAuth. Sign in as</p>
    <form method="post" action="?">
      ${KEPT_PARAMETERS.map((name) => hiddenInput(name, parameters.get(name))).join('')}
      ${PEOPLE.map(button).join('\n      ')}
    </form>`,
  );
}

/** Says why there is no signing in. */
export function refusalPage(reason: string): string {
  return page('You cannot sign in like this', `<p>${escape(reason)}</p>`);
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>${title}</title>
    <style>${STYLE}</style>
  </head>
  <body>
    <main>
    <h1>${title}</h1>
    ${content}
    </main>
  </body>
</html>
`;
}

function hiddenInput(name: string, value: string | undefined): string {
  if (value === undefined) return '';
  return `<input type="hidden" name="${name}" value="${escape(value)}">`;
}

function button({ name, firstName, lastName, role }: Person): string {
  const membership = role === undefined ? 'in no organization' : `${role} of ${ACME.name}`;
  return `<button name="user" value="${name}">
        <strong>${firstName} ${lastName}</strong> <span>${membership}</span>
      </button>`;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
