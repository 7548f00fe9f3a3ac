import { groupIncidents } from './incidents.ts';

const MINUTE = 60_000;
const alarm = (namespace: string, workload: string, from: number, to: number, peak = 1.2, workloadKind = 'Deployment') => ({
  key: { namespace, workload, workloadKind },
  fromMs: from * MINUTE,
  toMs: to * MINUTE,
  peak,
});
const named = (incidents: ReturnType<typeof groupIncidents>): string[] =>
  incidents.map(({ lead, alarms }) => `${lead.key.workload}: ${alarms.map(({ key }) => key.workload).join(' ')}`);

describe('groupIncidents', () => {
  it('makes one of alarms of a namespace that follow each other within minutes, led by the first', () => {
    const alarms = [alarm('shop', 'web', 4, 8, 2), alarm('shop', 'db', 0, 3), alarm('shop', 'cart', 17, 18), alarm('bank', 'web', 4, 5, 3)];
    expect(named(groupIncidents(alarms))).toEqual(['web: web', 'db: db web cart']);
  });

  it('begins another one after a pause', () => {
    expect(named(groupIncidents([alarm('shop', 'db', 0, 3), alarm('shop', 'web', 14, 15)]))).toEqual(['db: db', 'web: web']);
  });

  it('puts nodes together and entities of chosen labels apart', () => {
    const entity = (name: string) => ({
      ...alarm('', name, 0, 1),
      key: { namespace: '', workload: name, workloadKind: '', entity: { till: name } },
    });
    expect(groupIncidents([alarm('', 'n1', 0, 1, 1, 'Node'), alarm('', 'n2', 0, 1, 2, 'Node'), entity('a'), entity('b')])).toHaveLength(3);
    expect(groupIncidents([alarm('', 'n1', 0, 1, 1, 'Node'), alarm('', 'n2', 0, 1, 2, 'Node')])[0]!.lead.key.workload).toBe('n2');
  });
});
