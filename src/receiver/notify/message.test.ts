import { digestOf, fillTemplate, LONGEST_TITLE, messageOf, type NoticeAlert, unknownPlaces } from './message.ts';

const alert = (change: Partial<NoticeAlert> = {}): NoticeAlert => ({
  id: '0000000000000001-1000',
  status: 'firing',
  startsMs: 1000,
  labels: { alertname: 'WorkloadAnomalous', namespace: 'shop', workload: 'cart', severity: 'warning', team: 'red' },
  annotations: { summary: 'behaves oddly', description: 'score 1.7' },
  ...change,
});
const place = { id: 'team.firing.1', pageUrl: 'http://b/alerts/1', verdictUrl: 'http://b/v/x' };

describe('fillTemplate', () => {
  it('puts facts, labels and annotations into their places', () => {
    const template = '{{alertname}} {{ workload }} {{labels.team}} {{annotations.summary}} {{labels.absent}}.';
    expect(fillTemplate(template, alert())).toBe('WorkloadAnomalous shop/cart red behaves oddly .');
  });

  it('does not read a fact for a template', () => {
    expect(fillTemplate('{{summary}}', alert({ annotations: { summary: '{{description}}', description: 'secret' } }))).toBe(
      '{{description}}',
    );
  });
});

describe('unknownPlaces', () => {
  it('names what means nothing', () => {
    expect(unknownPlaces('{{summary}} {{sumary}} {{labels.a}} {{labels.a b}} {{constructor}}')).toEqual([
      'sumary',
      'labels.a b',
      'constructor',
    ]);
  });
});

describe('messageOf', () => {
  it('makes one line of the title, so that no header can be smuggled in', () => {
    const { title } = messageOf(alert({ labels: { alertname: 'A\r\nBcc: x@y' } }), { title: '{{alertname}}', text: '' }, place);
    expect(title).toBe('A Bcc: x@y');
    expect(messageOf(alert({ labels: { alertname: 'A'.repeat(999) } }), { title: '{{alertname}}', text: '' }, place).title).toHaveLength(
      LONGEST_TITLE,
    );
  });

  it('says of an end that it is one', () => {
    expect(messageOf(alert({ status: 'resolved' }), { title: '{{alertname}}', text: '' }, place).title).toBe('Resolved: WorkloadAnomalous');
  });
});

describe('digestOf', () => {
  it('names the most severe and counts the rest', () => {
    const many = Array.from({ length: 14 }, (_, i) => alert({ labels: { alertname: `A${i}`, severity: i === 13 ? 'critical' : 'info' } }));
    const { title, text, severity } = digestOf(many, place);
    expect(title).toBe('14 alerts');
    expect(severity).toBe('critical');
    expect(text.split('\n')[0]).toBe('A13');
    expect(text.split('\n').at(-1)).toBe('and 4 more');
  });
});
