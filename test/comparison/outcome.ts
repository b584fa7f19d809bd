import { PropelAuthApiError } from 'nestjs-propelauth';

/** What a call comes to: a value with its classes, or an error and its cause, with theirs and all that they say. */
export async function outcomeOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return { value: withClasses(await call()) };
  } catch (error) {
    if (!(error instanceof PropelAuthApiError)) throw error;
    return { error: detailsOf(error), cause: detailsOf(error.cause as Error) };
  }
}

function detailsOf(error: Error): unknown {
  const { constructor, message, cause: _cause, stack: _stack, ...details } = error;
  return { constructor, message, details };
}

/** Marks what is of a class of its own, which a comparison would overlook. */
function withClasses(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withClasses);
  const entries = Object.entries(value).map(([name, entry]) => [name, withClasses(entry)]);
  return { class: value.constructor.name, ...(Object.fromEntries(entries) as object) };
}
