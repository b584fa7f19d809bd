(globalThis['TURBOPACK_CHUNK_LISTS'] || (globalThis['TURBOPACK_CHUNK_LISTS'] = [])).push({
  script: typeof document === 'object' ? document.currentScript : undefined,
  chunks: ['static/chunks/node_modules_15lugd7vienc-._.js', 'static/chunks/_19uk0soktv_nt._.js'],
  source: 'entry',
});
