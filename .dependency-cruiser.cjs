// Imports go down only (ARCHITECTURE.md): each module names the modules it may reach, and is entered through its index.ts.
const MAY_IMPORT = {
  conventions: [],
  platform: ['conventions'],
  'command-line': ['conventions'],
  prometheus: ['conventions', 'platform'],
  features: ['conventions'],
  learning: ['conventions', 'platform'],
  scoring: ['conventions', 'platform', 'features', 'learning'],
  evaluation: ['conventions', 'platform', 'prometheus', 'features', 'learning', 'scoring'],
  training: ['conventions', 'platform', 'features', 'learning', 'scoring', 'evaluation'],
  recorder: ['conventions', 'platform', 'prometheus', 'features'],
  exporter: ['conventions', 'platform', 'prometheus', 'features', 'learning', 'scoring'],
  demo: ['conventions', 'platform', 'prometheus', 'features', 'scoring', 'exporter'],
};
const NOT_TESTS = '\\.test\\.ts$';
const levels = Object.entries(MAY_IMPORT).map(([name, allowed]) => ({
  name: `level-${name}`,
  comment: `${name}/ may import only: ${allowed.join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: `^src/${name}/`, pathNot: NOT_TESTS },
  to: { path: '^src/', pathNot: `^src/(${[name, ...allowed].join('|')})/` },
}));
const doors = Object.keys(MAY_IMPORT).map((name) => ({
  name: `door-${name}`,
  comment: `${name}/ is entered through its index.ts`,
  severity: 'error',
  from: { path: '^src/', pathNot: [`^src/${name}/`, '^src/testing/'] },
  to: { path: `^src/${name}/`, pathNot: `^src/${name}/(index|main|declare)\\.ts$` },
}));
const only = (name, module, where) => ({
  name,
  comment: `only ${where} may import ${module}`,
  severity: 'error',
  from: { path: '^src/', pathNot: [`^src/(${where})/`, NOT_TESTS] },
  to: { path: module },
});

module.exports = {
  forbidden: [
    ...levels,
    ...doors,
    only('files-at-the-edge', '^(node:)?(fs|fs/promises|http|https|net|child_process)$', 'platform'),
    only('onnx-in-learning', '^node_modules/(onnxruntime-node|onnx-buf)/', 'learning|testing'),
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, path: '^src/', pathNot: ['\\.test\\.ts$', '-worker\\.ts$'] }, to: {} },
    {
      name: 'no-tests-in-product',
      severity: 'error',
      from: { path: '^src/', pathNot: ['\\.test\\.ts$', '^src/testing/'] },
      to: { path: ['\\.test\\.ts$', '^src/testing/'] },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.tools)' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
