import { bothDenials, denialOfOrg, deniesOrg, NOTHING, type Denials } from './denials.js';

/** The denials of a user who has left this many organizations. */
function afterLeaving(count: number): Denials {
  let denials = NOTHING;
  for (let number = 0; number < count; number++) {
    denials = bothDenials(denials, denialOfOrg(`org-${number}`));
  }
  return denials;
}

describe('Denials', () => {
  it('contain up to 100 organizations that a user has left', () => {
    const denials = afterLeaving(100);
    expect(deniesOrg(denials, 'org-0')).toBe(true);
    expect(deniesOrg(denials, 'org-99')).toBe(true);
    expect(deniesOrg(denials, 'another')).toBe(false);
  });

  it('cover all organizations if a user leaves more', () => {
    expect(deniesOrg(afterLeaving(101), 'another')).toBe(true);
  });
});
