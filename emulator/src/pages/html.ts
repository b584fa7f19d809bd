// Not under the name `html`: formatters would format the templates, and a <style> or <script> would no longer match its hash.
export { html as markup, raw } from 'hono/html';
import type { html } from 'hono/html';

/** HTML in which everything that was inserted is escaped. */
export type Html = ReturnType<typeof html>;
