// Scanner: Deployments of 1.3 kB per second and core with all policies, beside bare YAML parsing. --objects N [--jobs N]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadAll } from 'js-yaml';
import { systemClock } from '../src/platform/index.ts';
import { createPolicySet, policyPack } from '../src/policy/index.ts';
import { DEFAULT_LIMITS, scan } from '../src/scanner/index.ts';
import { printBar, printHead } from './report.ts';
import { deployment } from './scanner/deployment.ts';

const { values } = parseArgs({ options: { objects: { type: 'string', default: '10000' }, jobs: { type: 'string', default: '2' } } });
const objects = Number(values.objects);
const FILES = 20;
const PROGRAM = fileURLToPath(new URL('../bin/bellwether.mjs', import.meta.url));

const texts = Array.from({ length: FILES }, (_, file) =>
  Array.from({ length: Math.floor(objects / FILES) }, (__, i) => deployment(file * 100_000 + i)).join('---\n'),
);
const bytes = texts.map((text) => new TextEncoder().encode(text));
const count = FILES * Math.floor(objects / FILES);
await printHead({ bench: 'scanner', inputs: [{ name: 'manifests', source: { text: texts.join('') } }] });

/** Objects per second of CPU time: other programs on the machine do not count. */
const perSecond = async (work: () => unknown): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return count / ((user + system) / 1e6);
};

const scanAll = (profile: 'strict' | 'baseline') => () =>
  scan(
    {
      clock: systemClock,
      findFiles: async function* () {
        for (const i of texts.keys()) yield { path: String(i), isNamed: true };
      },
      readFile: async (path) => bytes[Number(path)]!,
    },
    { policies: createPolicySet(policyPack(), { profile }), exceptions: [], limits: DEFAULT_LIMITS, all: true },
    new AbortController().signal,
  );

const parseAll = (): void => {
  for (const text of texts) loadAll(text);
};

// Once before, so that neither pays for compilation.
await scanAll('strict')();
const strict = await perSecond(scanAll('strict'));
const baseline = await perSecond(scanAll('baseline'));
const bare = await perSecond(parseAll);
printBar({
  name: `all policies of strict (${createPolicySet(policyPack(), { profile: 'strict' }).policies.length})`,
  value: strict,
  unit: 'objects/s of CPU',
  atLeast: 2000,
});
printBar({ name: 'Pod Security Standards, baseline', value: baseline, unit: 'objects/s of CPU' });
printBar({ name: 'bare YAML parsing', value: bare, unit: 'objects/s of CPU' });

const folder = mkdtempSync(join(tmpdir(), 'bellwether-scan-'));
try {
  for (const [i, text] of texts.entries()) writeFileSync(join(folder, `${i}.yaml`), text);
  const elapsed = (jobs: number): { readonly ms: number; readonly maxRssMb: number } => {
    const startMs = performance.now();
    const { stderr } = spawnSync(
      '/usr/bin/time',
      ['-f', '%M', process.execPath, PROGRAM, 'scan', '--profile', 'baseline', '--jobs', String(jobs), folder],
      {
        encoding: 'utf8',
      },
    );
    return { ms: performance.now() - startMs, maxRssMb: Number(stderr?.trim().split('\n').at(-1) ?? Number.NaN) / 1024 };
  };
  const one = elapsed(1);
  const many = elapsed(Number(values.jobs));
  printBar({ name: 'whole command, one thread', value: one.ms / 1000, unit: 's' });
  printBar({ name: `whole command, --jobs ${values.jobs}`, value: many.ms / 1000, unit: 's' });
  if (Number.isFinite(one.maxRssMb)) printBar({ name: 'largest memory, one thread', value: one.maxRssMb, unit: 'MB' });
} finally {
  rmSync(folder, { recursive: true });
}
