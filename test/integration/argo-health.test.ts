import { operatorVerdicts, withoutGate } from '../fixtures/operator-status.ts';
import { describeWith } from './real-program.ts';
import { type ArgoEngine, startArgoEngine } from './support/gitops/argo-engine.ts';

// In the Lua machine that Argo CD uses.
describeWith(['gitops-engine'], 'health scripts of the Argo CD example', (program) => {
  let engine: ArgoEngine;
  beforeAll(() => {
    engine = startArgoEngine(program);
  });
  afterAll(() => engine?.stop());

  describe.each(['PrometheusRule', 'ServiceMonitor'])('of %s', (kind) => {
    it.each(operatorVerdicts(kind))('say of what is $what: $argo', async ({ object, argo }) => {
      expect(await engine.health(object)).toMatchObject({ done: true, status: argo });
    });

    it('say what the operator has against it', async () => {
      const refused = operatorVerdicts(kind).find(({ what }) => what === 'refused');
      expect(await engine.health(refused?.object)).toMatchObject({ message: 'k8s: bad expression' });
    });

    it('call healthy what has no verdict, because the operator does not give any', async () => {
      expect(await engine.health(withoutGate(kind))).toMatchObject({ status: 'Healthy', message: 'no verdict of the operator' });
    });
  });

  it('are none for other kinds', async () => {
    expect(await engine.health({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } })).toMatchObject({ done: false });
  });
});
