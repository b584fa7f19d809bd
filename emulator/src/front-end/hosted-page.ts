import type { Context } from 'hono';
import type { Core } from '../core.js';
import type { RequestParameters } from '../oauth/request-parameters.js';
import { markup, type Html } from '../pages/html.js';
import { page } from '../pages/layout.js';
import { hiddenInput } from '../pages/sign-in-page.js';
import { fullNameOf, membershipsInWords } from '../project/memberships.js';
import type { UserRecord } from '../project/records.js';
import { pathOf } from './return-addresses.js';

/** Someone on a page. */
export interface Visit {
  readonly context: Context;
  readonly core: Core;
  /** The query of the page or, once its form is sent, the form. */
  readonly sent: RequestParameters;
  /** The parameter `rt`: where the browser goes on, if that is known. */
  readonly rt: string | undefined;
  /** Where the browser goes on. */
  readonly next: string;
}

/** Someone on a page for signed-in users. */
export interface UserVisit extends Visit {
  readonly user: UserRecord;
}

/** A page of PropelAuth. */
export interface HostedPage {
  readonly title: string;
  readonly isForUsers?: boolean;
  content?(visit: Visit): Html;
  /** What its form has, above a button with this text. */
  fields?(visit: Visit): Html;
  readonly button?: string;
  /** Does what the form is for. @returns where the browser goes on */
  send?(visit: Visit): string | Promise<string>;
}

/** @param problem why what was sent is rejected */
export function showPage(hosted: HostedPage, visit: Visit, problem?: string): Html {
  const { title, button, isForUsers = false } = hosted;
  return page(
    title,
    markup`${problem === undefined ? '' : markup`<p class="card" role="alert">${problem}</p>`}
      ${hosted.content?.(visit) ?? ''}
      ${
        button === undefined
          ? ''
          : markup`<form method="post" action="?">
        ${hiddenInput('rt', visit.rt)}${hosted.fields?.(visit) ?? ''}<button>${button}</button>
      </form>`
      }
      ${isForUsers ? aboutUser(visit as UserVisit) : markup`<p><a href="${pathOf('/login', visit.rt)}">Sign in</a></p>`}`,
  );
}

function aboutUser({ core, user, rt, next }: UserVisit): Html {
  return markup`<hr>
    <p>You are signed in as <strong>${fullNameOf(user)}</strong>, ${membershipsInWords(core.project, user)}.</p>
    ${rt === undefined ? '' : markup`<p><a href="${next}">Back to the front end</a></p>`}
    <form method="get" action="/login">${hiddenInput('rt', rt)}<button>Switch to another user</button></form>
    <form method="post" action="/propelauth/logout">${hiddenInput('rt', rt)}<button>Sign out</button></form>`;
}
