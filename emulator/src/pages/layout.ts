import { markup, raw, type Html } from './html.js';
import { STYLE } from './style.js';

/** What is around the pages about the project. */
export interface Frame {
  readonly projectName: string;
  readonly header: Html;
}

/**
 * A complete page.
 *
 * @param frame for a wide page, with cards side by side
 */
export function page(title: string, content: Html, frame?: Frame): Html {
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>${title}${frame && ` · ${frame.projectName}`}</title>
        <style>${raw(STYLE)}</style>
      </head>
      <body>
        ${frame?.header}
        <main class="${frame === undefined ? 'narrow' : 'wide'}">
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`;
}

/** A page that shows an error. */
export function errorPage(title: string, reason: string): Html {
  return page(title, markup`<p>${reason}</p>`);
}
