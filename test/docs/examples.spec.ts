import { compileExamples } from '../support/code-blocks.js';
import { readExamples } from '../support/examples.js';

describe('The comments in the code', () => {
  it('show TypeScript that compiles against the package', () => {
    const examples = readExamples();
    expect(examples.length).toBeGreaterThan(20);
    expect(compileExamples(examples)).toEqual({});
  });
});
