import { markup, raw, type Html } from '../pages/html.js';

/**
 * Makes the copy buttons work. Without it they stay hidden: texts can be selected, and links show the rest. Text of another page is
 * fetched on the click. The clipboard gets a promise, since Safari allows no other write after a request.
 */
export const COPY_SCRIPT = `
  const status = document.querySelector('[role=status]');

  async function textOf(button) {
    const { page, part } = button.dataset;
    if (page === undefined) return button.previousElementSibling.textContent;
    const response = await fetch(page).catch(() => {
      throw new Error('The emulator does not respond.');
    });
    if (!response.ok) throw new Error('Reload the page, and try again.');
    return new DOMParser().parseFromString(await response.text(), 'text/html').getElementById(part).textContent;
  }

  async function copy(button) {
    const text = textOf(button);
    const blob = text.then((value) => new Blob([value], { type: 'text/plain' }));
    const name = button.dataset.name;
    try {
      await Promise.all([text, navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })])]);
      status.textContent = 'Copied: ' + name;
    } catch (error) {
      status.textContent = 'Not copied: ' + name + '. ' + error.message;
    }
  }

  if (navigator.clipboard && window.ClipboardItem) {
    for (const button of document.querySelectorAll('button[data-name]')) {
      button.hidden = false;
      button.addEventListener('click', () => {
        status.textContent = '';
        void copy(button);
      });
    }
  }
`;

/** At the end of a page with copy buttons. */
export function copyScript(): Html {
  return markup`<p class="status" role="status"></p>
    <script>${raw(COPY_SCRIPT)}</script>`;
}

/**
 * A text to select or to copy.
 *
 * @param name what it is, for screen readers and for the message that it was copied
 * @param id where buttons of other pages find it
 */
export function copyableText(text: string, name: string, id?: string): Html {
  const code =
    id === undefined ? markup`<code>${text}</code>` : markup`<code id="${id}">${text}</code>`;
  return markup`${code}<button type="button" class="small" data-name="${name}" hidden>Copy${forReaders(` ${name}`)}</button>`;
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
  return markup`<button type="button" class="small" data-name="${name}" data-page="${page}" data-part="${part}" hidden>Copy ${what}${forReaders(` of ${owner}`)}</button>`;
}

/** Text for screen readers: what a button means outside of its card. */
export function forReaders(text: string): Html {
  return markup`<span class="for-readers">${text}</span>`;
}
