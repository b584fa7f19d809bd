/*
 * ts-jest, with one cache for all projects: what it compiles does not depend on which tests a project has.
 */
const { default: tsJest } = require('ts-jest');

/** The configuration of a project as all projects have it. */
const common = new WeakMap();

function withCommonConfig(options) {
  const { config } = options;
  if (!common.has(config)) {
    common.set(config, { ...config, displayName: undefined, globals: {}, testRegex: [] });
  }
  return { ...options, config: common.get(config) };
}

module.exports.createTransformer = (transformerOptions) => {
  const transformer = tsJest.createTransformer(transformerOptions);
  return {
    getCacheKey: (text, path, options) =>
      transformer.getCacheKey(text, path, withCommonConfig(options)),
    process: (text, path, options) => transformer.process(text, path, withCommonConfig(options)),
    processAsync: (text, path, options) =>
      transformer.processAsync(text, path, withCommonConfig(options)),
  };
};
