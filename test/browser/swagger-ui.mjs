/** Swagger UI as a user sees it: what is to be seen, and what can be clicked. */
export class SwaggerUi {
  constructor(page, origin) {
    this.page = page;
    this.origin = origin;
  }

  async open(path = '/docs') {
    await this.page.goto(this.origin + path);
    await this.page.locator('.opblock').first().waitFor();
  }

  async reload() {
    await this.page.reload();
    await this.page.locator('.opblock').first().waitFor();
  }

  /** The lock of each operation by its path: open, closed or none. */
  async locks() {
    const operations = await this.page.locator('.opblock').all();
    return Object.fromEntries(
      await Promise.all(
        operations.map(async (operation) => [
          await operation.locator('.opblock-summary-path').getAttribute('data-path'),
          await this.#lockOf(operation),
        ]),
      ),
    );
  }

  async #lockOf(operation) {
    if (await operation.getByLabel('authorization button unlocked').isVisible()) return 'open';
    if (await operation.getByLabel('authorization button locked').isVisible()) return 'closed';
    return 'none';
  }

  async openAuthorizeDialog() {
    await this.page.locator('.btn.authorize', { hasText: 'Authorize' }).first().click();
    return this.page.locator('.dialog-ux');
  }

  async closeAuthorizeDialog() {
    await this.page.locator('.close-modal').click();
  }

  /** Pastes an access token into Authorize. */
  async pasteToken(token) {
    const dialog = await this.openAuthorizeDialog();
    const form = dialog.locator('form', { has: this.page.getByLabel('auth-bearer-value') });
    await form.getByLabel('auth-bearer-value').fill(token);
    await form.getByLabel('Apply credentials').click();
    await dialog.getByLabel('Remove authorization').waitFor();
    await this.closeAuthorizeDialog();
  }

  async logOut() {
    const dialog = await this.openAuthorizeDialog();
    await dialog.getByLabel('Remove authorization').click();
    await dialog.getByLabel('Remove authorization').waitFor({ state: 'detached' });
    await this.closeAuthorizeDialog();
  }

  /** Presses the button of the OAuth2 scheme, which fills in nothing itself; the window that opens. */
  async startSignIn() {
    const dialog = await this.openAuthorizeDialog();
    const opening = this.page.waitForEvent('popup');
    await dialog.getByLabel('Apply given OAuth2 credentials').click();
    return opening;
  }

  /** Signs in by OAuth2 as the user with this first name. */
  async signInAs(firstName) {
    const window = await this.startSignIn();
    const closing = window.waitForEvent('close');
    await window.getByRole('button', { name: firstName }).click();
    await closing;
    await this.page.locator('.dialog-ux').getByLabel('Remove authorization').waitFor();
    await this.closeAuthorizeDialog();
  }

  /**
   * Executes the operation of a path. Answers the status and the body that are shown.
   *
   * @param body the properties to fill into the body that Swagger UI proposes; each has to be there
   */
  async execute(path, parameters = {}, body) {
    const operation = this.#operation(path);
    await this.#prepare(operation);
    for (const [name, value] of Object.entries(parameters)) {
      await operation.getByPlaceholder(name).fill(value);
    }
    if (body !== undefined) await this.#fillInBody(operation, body);
    await operation.getByRole('button', { name: 'Execute' }).click();
    const answer = operation.locator('.live-responses-table tbody tr.response').first();
    return {
      status: Number.parseInt(await answer.locator('.response-col_status').innerText(), 10),
      body: JSON.parse(await answer.locator('.highlight-code code').first().innerText()),
    };
  }

  async #fillInBody(operation, properties) {
    const field = operation.locator('.body-param__text');
    const proposed = JSON.parse(await field.inputValue());
    for (const name of Object.keys(properties)) {
      if (!(name in proposed)) throw new Error(`The proposed body has no property ${name}.`);
    }
    await field.fill(JSON.stringify({ ...proposed, ...properties }));
  }

  /** Executes the operation of a path with all fields empty. Answers how many of them are marked as missing. */
  async invalidFields(path) {
    const operation = this.#operation(path);
    await this.#prepare(operation);
    for (const field of await operation.locator('.parameters input').all()) await field.fill('');
    await operation.getByRole('button', { name: 'Execute' }).click();
    const invalid = operation.locator('.parameters input.invalid');
    await invalid.first().waitFor();
    return invalid.count();
  }

  /** The example that an operation shows for a status. */
  async exampleOf(path, status) {
    const response = this.#operation(path).locator(`tr.response[data-code="${status}"]`);
    return JSON.parse(await response.locator('.highlight-code code').first().innerText());
  }

  #operation(path) {
    return this.page.locator('.opblock', {
      has: this.page.locator(`.opblock-summary-path[data-path="${path}"]`),
    });
  }

  /** Opens an operation for trying out, with no answer of an earlier time to be taken for the next. */
  async #prepare(operation) {
    const control = operation.locator('.opblock-summary-control');
    if ((await control.getAttribute('aria-expanded')) !== 'true') {
      await control.click();
      await operation.getByRole('button', { name: 'Try it out' }).click();
    }
    const clear = operation.getByRole('button', { name: 'Clear', exact: true });
    if (await clear.isVisible()) {
      await clear.click();
      await clear.waitFor({ state: 'detached' });
    }
  }
}
