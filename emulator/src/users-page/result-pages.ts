import { callCommand } from '../cli/curl-commands.js';
import { ACCESS_TOKEN_LIFETIME_SECONDS } from '../issuer/token-issuer.js';
import { markup, type Html } from '../pages/html.js';
import { page } from '../pages/layout.js';
import { copyableText, copyScript } from './copy-buttons.js';
import { USERS_PATH } from './paths.js';

const TOKEN_MINUTES = ACCESS_TOKEN_LIFETIME_SECONDS / 60;

/** A page with an access token to copy, and a command that calls a URL with it. */
export function accessTokenPage(name: string, token: string, url: string): Html {
  return resultPage(
    'Access token',
    markup`<p>The access token of ${name} is valid for ${TOKEN_MINUTES} minutes.</p>
      <dl>
        <div><dt>Access token</dt><dd>${copyableText(token, `access token of ${name}`, 'token')}</dd></div>
        <div><dt>Call with curl</dt><dd>${copyableText(callCommand(token, url), `curl command of ${name}`, 'curl')}</dd></div>
      </dl>`,
    'wide',
  );
}

/** A page with a step-up grant to copy. */
export function stepUpGrantPage(name: string, actionType: string, grant: string): Html {
  return resultPage(
    'Step-up grant',
    markup`<p>This grant of ${name} for the action <code>${actionType}</code> is valid once, for five minutes. Send it to your application
      with an access token of ${name}.</p>
      <dl><div><dt>Step-up grant</dt><dd>${copyableText(grant, `step-up grant of ${name}`)}</dd></div></dl>`,
    'narrow',
  );
}

function resultPage(title: string, content: Html, width: 'narrow' | 'wide'): Html {
  return page(
    title,
    markup`<div class="card">${content}</div>
      <p><a href="${USERS_PATH}">Back to the users</a></p>
      ${copyScript()}`,
    width,
  );
}
