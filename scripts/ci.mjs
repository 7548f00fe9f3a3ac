// Runs all suites one after the other and sums their counts; called by .ci/run. Needs only Node, because it also installs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MINUTE_MS = 60_000;
// npm 11 warns in each nested run about a key of .npmrc that older ones need.
const ENVIRONMENT = { ...process.env, npm_config_loglevel: 'error' };
const reports = mkdtempSync(join(tmpdir(), 'bellwether-ci-'));
const reportOf = (name) => join(reports, `${name}.json`);
const jsonTo = (name) => `--json --outputFile=${reportOf(name)}`;

// `counts`: the suite leaves a Jest report; without one a step counts as one test. Limits are several times what a step usually takes.
const STEPS = [
  // The README's test command, as it stands there, plus the report.
  { name: 'unit', command: `npm ci && npm test -- ${jsonTo('unit')}`, counts: true, minutes: 25 },
  { name: 'check', command: 'npm run check', minutes: 10 },
  { name: 'build', command: 'npm run build', minutes: 5 },
  { name: 'tools', command: 'npm run tools', minutes: 75 },
  { name: 'integration', command: `npm run test:integration -- ${jsonTo('integration')}`, counts: true, minutes: 45, skipsFail: true },
];

const readCounts = (name) => {
  const report = JSON.parse(readFileSync(reportOf(name), 'utf8'));
  return {
    passed: report.numPassedTests,
    // A file that does not even load has no tests to count.
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  };
};

/** Runs a step in a process group of its own, so that a step that hangs ends with everything it started. */
const runStep = ({ name, command, counts, minutes, skipsFail }) => {
  console.log(`\n=== ${name}: ${command.replaceAll(` -- ${jsonTo(name)}`, '')}`);
  const startMs = performance.now();
  const limited = ['--kill-after=10', `${minutes}m`, 'bash', '-c', command];
  const { status, error } = spawnSync('timeout', limited, { stdio: 'inherit', timeout: (minutes + 1) * MINUTE_MS, env: ENVIRONMENT });
  const seconds = Math.round((performance.now() - startMs) / 1000);
  const ok = status === 0 && !error;
  let result = { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  if (counts) {
    try {
      result = readCounts(name);
    } catch {
      console.log(`${name}: no report was written`);
      result = { passed: 0, failed: 1, skipped: 0 };
    }
    // The suite may end badly after its last test: a leak, a crash, the time limit.
    if (!ok && result.failed === 0) result.failed = 1;
    if (skipsFail && result.skipped > 0) {
      console.log(`${name}: ${result.skipped} skipped, which counts as a failure here`);
      result.failed += 1;
    }
  }
  return { name, seconds, ...result };
};

const results = STEPS.map(runStep);
rmSync(reports, { recursive: true, force: true });

const sum = (key) => results.reduce((total, result) => total + result[key], 0);
const line = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;
const total = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
console.log('');
for (const result of results) console.log(`${result.name.padEnd(12)} ${line(result).padEnd(40)} ${result.seconds} s`);
console.log(line(total));
process.exitCode = total.failed > 0 ? 1 : 0;
