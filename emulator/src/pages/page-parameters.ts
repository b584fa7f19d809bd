import type { Context } from 'hono';

/** The parameters of a page or of a form. An empty or repeated parameter counts as absent. */
export class PageParameters {
  private constructor(private readonly parameters: URLSearchParams) {}

  static inQuery(context: Context): PageParameters {
    return new PageParameters(new URL(context.req.url).searchParams);
  }

  /** A body of another type than that of a form has no parameters. */
  static async inForm(context: Context): Promise<PageParameters> {
    const [type = ''] = (context.req.header('content-type') ?? '').split(';');
    const isForm = type.trim().toLowerCase() === 'application/x-www-form-urlencoded';
    return new PageParameters(new URLSearchParams(isForm ? await context.req.text() : ''));
  }

  get(name: string): string | undefined {
    const [value = '', ...others] = this.parameters.getAll(name);
    return value === '' || others.length > 0 ? undefined : value;
  }
}
