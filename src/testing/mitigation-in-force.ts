import { FAKE_ROUTE_KIND } from './fake-back-end.ts';
import { approvedBy, createMitigationStage, type MitigationStage } from './mitigation-stage.ts';

/** What the fake back-end wrote, the first route, a condition of a Mitigation. */
export const limits = (stage: MitigationStage) => stage.cluster.all('Limit');
export const route = (stage: MitigationStage) => stage.cluster.get({ ...FAKE_ROUTE_KIND, namespace: 'shop', name: 'route-0' });
export const condition = (stage: MitigationStage, name: string, type: string) =>
  stage.mitigation(name).status?.conditions?.find((one) => one.type === type);

/** One that is in force and accepted. */
export const inForce = async (settings: Parameters<typeof createMitigationStage>[0] = {}) => {
  const stage = createMitigationStage(settings);
  stage.ask('m', { approval: approvedBy('ann', stage.clock) });
  await stage.engine.round();
  stage.accept();
  await stage.engine.round();
  return stage;
};
