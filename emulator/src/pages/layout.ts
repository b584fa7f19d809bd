import { markup, raw, type Html } from './html.js';
import { STYLE } from './style.js';

/**
 * A complete page.
 *
 * @param width `wide` for cards side by side
 * @param header what is before the title
 * @param end what is after the content
 */
export function page(
  title: string,
  content: Html,
  width: 'narrow' | 'wide' = 'narrow',
  header: Html | string = '',
  end: Html | string = '',
): Html {
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>${title}</title>
        <style>${raw(STYLE)}</style>
      </head>
      <body>
        ${header}
        <main class="${width}">
          <h1>${title}</h1>
          ${content}
        </main>
        ${end}
      </body>
    </html>`;
}

/** A page that shows an error. */
export function errorPage(title: string, reason: string): Html {
  return page(title, markup`<p>${reason}</p>`);
}
