import { matchesSteps, parseTemplate, type PatternStep } from './uri-pattern.js';

const stepsOf = (template: string) => parseTemplate(template)?.steps ?? [];

/** How many steps of a pattern are looked at for a text. */
function countSteps(template: string, text: string): number {
  let count = 0;
  const steps = new Proxy(stepsOf(template), {
    get(target, key, receiver) {
      if (/^\d+$/.test(String(key))) count++;
      return Reflect.get(target, key, receiver) as PatternStep;
    },
  });
  matchesSteps(steps, text);
  return count;
}

describe('A pattern', () => {
  it.each([
    ['{year}-{month}-{day}', '-'],
    ['{a}-{b}-{c}-{d}-{e}', '-'],
    ['{rest*}', '/'],
    ['{a*}/{b*}/{c*}x', '/'],
    ['{a}.{b}.{c*}-{d}', 'a.-'],
    ['aaaa{b}aaaaaaaab', 'a'],
  ])('takes at most twice the steps for a text of twice the length: %s', (template, part) => {
    const counts = [500, 1_000, 2_000].map((times) => countSteps(template, part.repeat(times)));
    const [first = 0, second = 0, third = 0] = counts;
    expect(first).toBeGreaterThan(0);
    const stepCount = stepsOf(template).length + 1;
    // The first characters lead to few of the steps.
    expect(second).toBeLessThanOrEqual(2 * first + stepCount ** 2);
    expect(third).toBeLessThanOrEqual(2 * second + stepCount ** 2);
    expect(first).toBeLessThanOrEqual(500 * part.length * stepCount);
  });

  it.each([
    ['organizations/{org}/projects/{project}', 1],
    ['o{org}/projects/{project}', 2_000],
  ])('is compared only as far as the text leads: %s', (template, count) => {
    const text = template.startsWith('o{') ? 'o'.repeat(1_000) : 'x'.repeat(1_000);
    expect(countSteps(template, text)).toBeLessThanOrEqual(count);
  });

  it.each([
    ['', ''],
    ['of an optional part', 'a{-b}'],
    ['of a reserved expansion', '{+path}'],
    ['with a name that has a dot', '{a.b}'],
    ['of a wildcard without a name', '{*}'],
    ['of a parameter whose name begins with a digit', '{1}'],
    ['of an unclosed brace', '{a'],
    ['of a character of path-to-regexp', 'a(b)'],
    ['of an escape', String.raw`a\{b`],
    ['of letters whose case is not that of ASCII', 'straße'],
  ])('is not understood: %s', (_what, template) => {
    expect(parseTemplate(template)).toBeUndefined();
  });

  it.each([
    ['{a}_b', 'anything', true],
    ['{a}/{b}', 'x/y', true],
    ['{a}-{b}', 'x-y', false],
    ['{a*}/{b}', 'x/y/z', true],
    ['{a*}/{b*}', 'x/y', false],
    [':id', 'x', true],
  ])('is understood: %s', (template, text, isExact) => {
    const pattern = parseTemplate(template);
    expect(pattern?.isExact).toBe(isExact);
    expect(matchesSteps(pattern?.steps ?? [], text)).toBe(true);
  });
});
