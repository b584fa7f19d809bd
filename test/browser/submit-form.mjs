/** Sends a form. It runs in a page, which may be of another site than the form's address. */
export function submitForm({ action, fields }) {
  const form = Object.assign(document.createElement('form'), { method: 'post', action });
  for (const [name, value] of Object.entries(fields)) {
    form.append(Object.assign(document.createElement('input'), { name, value }));
  }
  document.body.append(form);
  form.submit();
}
