import { markup, type Html } from '../pages/html.js';

/** A text to select or to copy. The name says what it is, for screen readers and in the message that it was copied. */
export function copyableText(text: string, name: string): Html {
  return markup`<code>${text}</code>${copyButton(name)}`;
}

/**
 * Copies the text before it, or that of an address, so that it need not be on the page.
 *
 * @param name what is copied
 */
export function copyButton(name: string, address?: string): Html {
  const source = address && markup`data-address="${address}"`;
  return markup`<button type="button" class="small" data-name="${name}" ${source}>Copy${forReaders(` ${name}`)}</button>`;
}

/** Text for screen readers: what a button means outside of its card. */
export function forReaders(text: string): Html {
  return markup`<span class="for-readers">${text}</span>`;
}
