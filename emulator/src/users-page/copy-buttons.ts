import { markup, type Html } from '../pages/html.js';

/**
 * A text to select or to copy.
 *
 * @param name what it is, for screen readers and for the message that it was copied
 * @param id where buttons of other pages find it
 */
export function copyableText(text: string, name: string, id?: string): Html {
  const code =
    id === undefined ? markup`<code>${text}</code>` : markup`<code id="${id}">${text}</code>`;
  return markup`${code}<button type="button" class="small" data-name="${name}">Copy${forReaders(` ${name}`)}</button>`;
}

/**
 * Copies a text of another page, so that it need not be on this one.
 *
 * @param what what is copied
 * @param owner the user to whom it belongs
 * @param page the path of the other page
 * @param part the id of the element there
 */
export function remoteCopyButton(what: string, owner: string, page: string, part: string): Html {
  const name = `${what} of ${owner}`;
  return markup`<button type="button" class="small" data-name="${name}" data-page="${page}" data-part="${part}">Copy ${what}${forReaders(` of ${owner}`)}</button>`;
}

/** Text for screen readers: what a button means outside of its card. */
export function forReaders(text: string): Html {
  return markup`<span class="for-readers">${text}</span>`;
}
