import { execFileSync } from 'node:child_process';
import { createPolicySet, evaluate, LATEST_PSS_MINOR, policyPack } from '../../src/policy/index.ts';
import { createPodGenerator } from '../policies/pod-generator.ts';
import { describeWith } from './real-program.ts';

const PODS = 10_000;
const SEED = Number(process.env.SEED ?? 20_261_121);
// Three quarters of a million verdicts.
const TIMEOUT_MS = 300_000;
const MAX_OUTPUT_BYTES = 256 << 20;

describeWith(['pod-security'], 'Pod Security Standards beside the library of the API server', (program) => {
  it(
    `agree on ${PODS} generated pods, for both levels and every version (seed ${SEED})`,
    () => {
      const generate = createPodGenerator(SEED);
      const pods = Array.from({ length: PODS }, generate);
      const input = `${pods.map((pod) => JSON.stringify(pod)).join('\n')}\n`;
      const verdicts = execFileSync(program!, { input, maxBuffer: MAX_OUTPUT_BYTES }).toString().split('\n');
      const sets = (['baseline', 'restricted'] as const).flatMap((profile) =>
        Array.from({ length: LATEST_PSS_MINOR + 1 }, (_, pssMinor) => ({
          key: `${profile}/${pssMinor}`,
          policies: createPolicySet(policyPack(), { profile, pssMinor }),
        })),
      );
      const counts = { rejected: 0, accepted: 0 };
      pods.forEach((pod, i) => {
        const theirs = new Set(verdicts[i]!.split(' '));
        for (const { key, policies } of sets) {
          const findings = evaluate(pod, { policies });
          counts[findings.length > 0 ? 'rejected' : 'accepted'] += 1;
          if (findings.length > 0 !== theirs.has(key))
            throw new Error(
              `${key}: ${theirs.has(key) ? 'only they reject' : `only we reject (${findings[0]?.path})`} ${JSON.stringify(pod)}`,
            );
        }
      });
      // A generator that makes only good or only bad pods would prove nothing.
      expect(Math.min(counts.rejected, counts.accepted)).toBeGreaterThan((PODS * sets.length) / 10);
    },
    TIMEOUT_MS,
  );
});
