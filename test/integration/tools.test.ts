import { execFileSync } from 'node:child_process';
import { describeWith } from './real-program.ts';

// The programs that other suites judge by must be the ones they think they are.
describe('npm run tools', () => {
  describeWith(['prometheus', 'promtool'], 'the reference server', (prometheus, promtool) => {
    it.each([
      { name: 'prometheus', path: prometheus },
      { name: 'promtool', path: promtool },
    ])('is $name 3.x', ({ path }) => {
      expect(execFileSync(path, ['--version'], { encoding: 'utf8' })).toMatch(/version 3\.\d+/);
    });
  });

  describeWith(['debian-prometheus'], 'the old server', (prometheus) => {
    it('is prometheus 2.x', () => {
      expect(execFileSync(prometheus, ['--version'], { encoding: 'utf8' })).toMatch(/version 2\.\d+/);
    });
  });
});
