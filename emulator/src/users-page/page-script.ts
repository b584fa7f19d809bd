/**
 * Makes the copy buttons work, which no one sees without it, sends the forms of changes without leaving the page, and keeps the page up to
 * date. Text of another page is fetched on the click. The clipboard gets a promise, since Safari allows no other write after a request.
 */
export const PAGE_SCRIPT = `
  const status = document.querySelector('[role=status]');
  const parse = (text) => new DOMParser().parseFromString(text, 'text/html');
  const cardsOf = (root) => new Map([...root.querySelectorAll('.kept')].map((card) => [card.id, card.outerHTML]));
  let cards = cardsOf(document);
  let latest = '';

  async function textOf(button) {
    const { address } = button.dataset;
    if (address === undefined) return button.previousElementSibling.textContent;
    const response = await fetch(address).catch(() => {
      throw new Error('The emulator does not respond.');
    });
    if (!response.ok) throw new Error('Reload the page, and try again.');
    return response.text();
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

  // What was opened and typed in cards that are the same stays. The old ones leave the page last: a shorter page would scroll.
  function show(text) {
    latest = text;
    const focused = document.activeElement;
    const old = document.querySelector('[data-live]');
    const next = parse(text).querySelector('[data-live]');
    const nextCards = cardsOf(next);
    old.replaceWith(next);
    for (const { id } of old.querySelectorAll('details[open]')) {
      const same = document.getElementById(id);
      if (same) same.open = true;
    }
    for (const card of old.querySelectorAll('.kept')) {
      if (cards.get(card.id) === nextCards.get(card.id)) document.getElementById(card.id).replaceWith(card);
    }
    cards = nextCards;
    const there = focused.isConnected ? focused : document.getElementById(focused.closest('.kept')?.id);
    there?.focus({ preventScroll: true });
  }

  async function send(form) {
    const body = new URLSearchParams(new FormData(form));
    const response = await fetch(form.action, { method: 'POST', body });
    const text = await response.text();
    if (!response.ok) throw new Error(parse(text).querySelector('main p').textContent);
    const before = cards;
    history.replaceState(null, '', response.url);
    form.reset();
    show(text);
    const changed = document.querySelector('.changed');
    changed?.focus({ preventScroll: true });
    if (!before.has(changed?.id)) changed?.scrollIntoView({ block: 'nearest' });
  }

  async function refresh() {
    if (document.hidden || document.activeElement.matches('input, select')) return;
    const before = latest;
    const response = await fetch(location.href);
    const text = await response.text();
    if (response.ok && latest === before && text !== latest) show(text);
  }

  document.addEventListener('submit', (event) => {
    if (!event.target.matches('.change')) return;
    event.preventDefault();
    status.textContent = '';
    send(event.target).catch((error) => (status.textContent = error.message));
  });
  if (navigator.clipboard && window.ClipboardItem) {
    document.documentElement.classList.add('copies');
    document.addEventListener('click', ({ target }) => {
      const button = target.closest('[data-name]');
      status.textContent = '';
      if (button) void copy(button);
    });
  }
  if (document.querySelector('[data-live]')) setInterval(() => refresh().catch(() => {}), 2000);
`;
