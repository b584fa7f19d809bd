import * as v from 'valibot';
import type { JsonObject } from '../json-object.js';
import { ok, type BackendResponse } from './backend-response.js';
import { fieldsOf } from './fields.js';

const DEFAULT_PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 100;
const NO_SIZE = `Must be from 1 to ${MAX_PAGE_SIZE}`;

/** In a query, numbers are strings. */
const NUMBER = v.pipe(v.unknown(), v.transform(Number), v.integer());

const PAGE = {
  page_size: v.optional(
    v.pipe(NUMBER, v.minValue(1, NO_SIZE), v.maxValue(MAX_PAGE_SIZE, NO_SIZE)),
    DEFAULT_PAGE_SIZE,
  ),
  page_number: v.optional(v.pipe(NUMBER, v.minValue(0)), 0),
};

/**
 * One page of a list.
 *
 * @param name the key of the list in the response, which also has `total_<name>`
 * @param request the query or the body, which says which page
 * @param view how the backend API returns an item; made for the items of the page alone
 */
export function pageOf<Item>(
  name: string,
  all: readonly Item[],
  request: JsonObject,
  view: (item: Item) => unknown = (item) => item,
): BackendResponse {
  const { page_size: pageSize, page_number: pageNumber } = fieldsOf(request, PAGE);
  const end = (pageNumber + 1) * pageSize;
  return ok({
    [name]: all.slice(pageNumber * pageSize, end).map((item) => view(item)),
    [`total_${name}`]: all.length,
    current_page: pageNumber,
    page_size: pageSize,
    has_more_results: end < all.length,
  });
}
