// Imports go down only (ARCHITECTURE.md): each module names the modules it may reach, and is entered through its index.ts.
const MAY_IMPORT = {
  conventions: [],
  platform: ['conventions'],
  'command-line': ['conventions'],
  web: ['conventions', 'platform'],
  prometheus: ['conventions', 'platform'],
  alertmanager: ['conventions', 'platform'],
  features: ['conventions'],
  learning: ['conventions', 'platform'],
  feedback: ['conventions', 'platform'],
  scoring: ['conventions', 'platform', 'features', 'learning', 'feedback'],
  flows: ['conventions', 'platform', 'features', 'learning'],
  'flow-commands': ['conventions', 'command-line', 'platform', 'learning', 'flows'],
  evaluation: ['conventions', 'command-line', 'platform', 'prometheus', 'features', 'learning', 'feedback', 'scoring'],
  training: [
    'conventions',
    'command-line',
    'platform',
    'prometheus',
    'features',
    'learning',
    'feedback',
    'scoring',
    'evaluation',
    'recorder',
  ],
  mitigation: ['conventions', 'platform'],
  policy: ['conventions', 'platform'],
  scanner: ['conventions', 'platform', 'web', 'policy'],
  images: ['conventions', 'command-line', 'platform', 'policy', 'scanner'],
  admission: ['conventions', 'platform', 'web', 'policy'],
  verdicts: ['conventions', 'platform', 'feedback'],
  'runtime-events': ['conventions', 'command-line', 'platform'],
  lab: ['conventions', 'platform'],
  'runtime-policies': ['conventions', 'command-line', 'platform'],
  decoy: ['conventions', 'command-line', 'platform', 'web', 'mitigation', 'runtime-events'],
  collector: ['conventions', 'command-line', 'platform', 'web', 'runtime-events'],
  recorder: ['conventions', 'platform', 'prometheus', 'features'],
  mitigate: ['conventions', 'platform', 'mitigation'],
  receiver: ['conventions', 'command-line', 'platform', 'web', 'alertmanager', 'feedback', 'mitigation', 'runtime-events'],
  exporter: ['conventions', 'command-line', 'platform', 'web', 'prometheus', 'features', 'learning', 'feedback', 'scoring', 'flows'],
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
const doors = [...Object.keys(MAY_IMPORT), 'synth'].map((name) => ({
  name: `door-${name}`,
  comment: `${name}/ is entered through its index.ts`,
  severity: 'error',
  from: { path: '^src/', pathNot: [`^src/${name}/`, '^src/testing/'] },
  to: { path: `^src/${name}/`, pathNot: `^src/${name}/(index|main|declare)\\.ts$` },
}));
// Build time and run time meet in words and declarations alone (ARCHITECTURE.md).
const BUILD_TIME = [
  {
    name: 'level-synth',
    comment: 'synth/ may import only: conventions, and the declare.ts of processes',
    severity: 'error',
    from: { path: '^src/synth/', pathNot: NOT_TESTS },
    to: { path: '^src/', pathNot: ['^src/(synth|conventions)/', '^src/[^/]+/declare\\.ts$'] },
  },
  {
    name: 'declarations-are-data',
    comment: 'a declare.ts may import only conventions',
    severity: 'error',
    from: { path: '^src/[^/]+/declare\\.ts$' },
    to: { pathNot: '^src/conventions/' },
  },
];
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
    ...BUILD_TIME,
    only('files-at-the-edge', '^(node:)?(fs|fs/promises|http|https|net|child_process)$', 'platform'),
    only('kubernetes-in-platform', '^node_modules/(@kubernetes|@peculiar)/', 'platform'),
    only('mail-in-platform', '^node_modules/nodemailer/', 'platform'),
    only('onnx-in-learning', '^node_modules/(onnxruntime-node|onnx-buf)/', 'learning|testing'),
    only('cdk8s-in-synth', '^node_modules/(cdk8s|cdk8s-plus-27|constructs|@grafana)/', 'synth'),
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
