import { readFileSync } from 'node:fs';
import type { PropelAuthApiErrorCode } from '../../lib/types/propel-auth-api-error-code.js';
import { REJECTIONS, type RejectionReason } from '../../lib/rejections/rejection-table.js';
import { chapterOf, codesIn, rowsOf } from '../support/markdown-tables.js';

/** What stands in code, word by word, in the first column of a guide's tables. */
function wordsInFirstColumn(guide: string): Set<string> {
  const text = readFileSync(`docs/${guide}`, 'utf8');
  const cells = [...text.matchAll(/^\| ([^|]*)\|/gm)].map(([, cell]) => cell ?? '');
  return new Set(cells.flatMap((cell) => cell.match(/\w+/g) ?? []));
}

/** Typed so that no code can be left out here. */
const API_ERROR_CODES: Record<PropelAuthApiErrorCode, true> = {
  timeout: true,
  unreachable: true,
  rate_limited: true,
  integration_key_invalid: true,
  not_enabled: true,
  invalid_request: true,
  step_up_code_invalid: true,
  mfa_not_enabled: true,
  forbidden: true,
  not_found: true,
  invalid_arguments: true,
  unexpected_response: true,
};

describe('The pages about errors', () => {
  it('list every code of a PropelAuthApi error: backend-api.md', () => {
    const codes = wordsInFirstColumn('backend-api.md');
    expect(Object.keys(API_ERROR_CODES).filter((code) => !codes.has(code))).toEqual([]);
  });
});

describe('The codes of rejections', () => {
  it('are on the page with their statuses and reasons', () => {
    const rows = rowsOf(chapterOf(readFileSync('docs/errors.md', 'utf8'), 'What a client sees'));
    const listed = rows.flatMap(([code = '', status = '', , reasons = '']) =>
      codesIn(reasons).map((reason) => `${reason}: ${status} ${codesIn(code)[0]}`),
    );
    const expected = (Object.keys(REJECTIONS) as RejectionReason[]).map(
      (reason) => `${reason}: ${REJECTIONS[reason].status} ${REJECTIONS[reason].code}`,
    );
    expect(new Set(listed)).toEqual(new Set(expected));
    expect(listed).toHaveLength(expected.length);
  });

  it('are in the comment of their type', () => {
    const source = readFileSync('lib/rejections/error-code.ts', 'utf8');
    const described = [...source.matchAll(/^ \* - `(\w+)`:/gm)].map(([, code]) => code);
    expect(new Set(described)).toEqual(new Set(Object.values(REJECTIONS).map(({ code }) => code)));
  });
});

describe('The guide for FastAPI users', () => {
  it.each([
    'init_auth',
    'require_user',
    'optional_user',
    'require_org_member',
    'require_org_member_with_minimum_role',
    'require_org_member_with_exact_role',
    'require_org_member_with_permission',
    'require_org_member_with_all_permissions',
    'user_id',
    'org_id_to_org_member_info',
    'legacy_user_id',
    'org_id',
    'org_name',
    'user_assigned_role',
    'user_is_role',
    'user_is_at_least_role',
    'user_has_permission',
    'user_has_all_permissions',
  ])('names the replacement for %s', (name) => {
    expect(wordsInFirstColumn('migrate.md')).toContain(name);
  });
});
