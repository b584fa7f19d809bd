import { invalidFields, ok, type BackendResponse } from './backend-response.js';
import { FieldChecks } from './field-checks.js';

const DEFAULT_PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 100;

/** The requested page of a list. In a query, the numbers are strings. */
export interface PageRequest {
  readonly pageSize: unknown;
  readonly pageNumber: unknown;
}

export function pageInQuery(query: URLSearchParams): PageRequest {
  return { pageSize: query.get('page_size'), pageNumber: query.get('page_number') };
}

/**
 * One page of a list.
 *
 * @param name the key of the list in the response, which also has `total_<name>`
 * @param view how the backend API returns an item; made for the items of the page alone
 */
export function pageOf<Item>(
  name: string,
  all: readonly Item[],
  request: PageRequest,
  view: (item: Item) => unknown = (item) => item,
): BackendResponse {
  const pageSize = Number(request.pageSize ?? DEFAULT_PAGE_SIZE);
  const pageNumber = Number(request.pageNumber ?? 0);
  const checks = new FieldChecks();
  const isSize = Number.isInteger(pageSize) && pageSize >= 1 && pageSize <= MAX_PAGE_SIZE;
  checks.require(isSize, 'page_size', `Must be from 1 to ${MAX_PAGE_SIZE}`);
  const isNumber = Number.isInteger(pageNumber) && pageNumber >= 0;
  checks.require(isNumber, 'page_number', 'Must be 0 or more');
  if (checks.haveFailed) return invalidFields(checks.errors);
  const end = (pageNumber + 1) * pageSize;
  return ok({
    [name]: all.slice(pageNumber * pageSize, end).map((item) => view(item)),
    [`total_${name}`]: all.length,
    current_page: pageNumber,
    page_size: pageSize,
    has_more_results: end < all.length,
  });
}
