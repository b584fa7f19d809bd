/** A browser without JavaScript, as far as signing in needs one: it keeps cookies, follows redirects and submits the first form of a page. */
export class Visitor {
  #cookies = new Map();

  /** @returns the page, or where a redirect to another origin leads */
  open(url) {
    return this.#go(new URL(url));
  }

  /** Submits the form of a page as it is, with the button or the fields that are named. */
  submit({ url, text }, fields) {
    const [, form = ''] = /<form method="post"[^>]*>([^]*?)<\/form>/.exec(text) ?? [];
    const body = new URLSearchParams();
    for (const [tag] of form.matchAll(/<input [^>]*>/g)) {
      const isOn = !tag.includes('type="checkbox"') || tag.includes('checked');
      if (isOn) body.set(attribute(tag, 'name'), attribute(tag, 'value'));
    }
    for (const [, name, option] of form.matchAll(
      /<select name="([^"]*)">\s*<option value="([^"]*)"/g,
    )) {
      body.set(name, option);
    }
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return this.#go(url, { method: 'POST', body, headers: { origin: url.origin } });
  }

  async #go(url, init = {}) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...init.headers, cookie };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const each of response.headers.getSetCookie()) {
      const [name, value] = each.split(';', 1)[0].split(/=(.*)/s);
      this.#cookies.set(name, value);
    }
    const location = response.headers.get('location');
    const text = await response.text();
    if (location === null) return { url, text };
    const next = new URL(location, url);
    return next.origin === url.origin ? this.#go(next) : { url: next, text: '' };
  }
}

function attribute(tag, name) {
  const [, value = ''] = new RegExp(` ${name}="([^"]*)"`).exec(tag) ?? [];
  return value.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"');
}
