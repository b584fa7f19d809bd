import { Html, markup } from './html.js';

/** Uses the colors of the system, light or dark. */
export const STYLE = `
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
  main { max-width: 32rem; margin: 12vh auto; padding: 0 1rem; }
  h1 { font-size: 1.5rem; line-height: 1.2; }
  code { overflow-wrap: anywhere; }
  input { font: inherit; padding: 0.5rem; }
  button {
    display: flex; justify-content: space-between; gap: 1rem;
    width: 100%; margin: 0.75rem 0; padding: 0.75rem 1rem;
    font: inherit; cursor: pointer;
  }
`;

/** A complete page. */
export function page(title: string, content: Html): string {
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>${title}</title>
        <style>${new Html(STYLE)}</style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`.text;
}

/** A page that shows an error. */
export function errorPage(title: string, reason: string): string {
  return page(title, markup`<p>${reason}</p>`);
}
