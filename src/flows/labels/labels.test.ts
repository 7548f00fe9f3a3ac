import { describe, expect, it } from '@jest/globals';
import { parseLabelSet } from './label-set.ts';

const SET = {
  labels: [
    { id: '0', name: 'benign' },
    { id: '1', name: 'grafana', references: ['CVE-2020-13379'] },
    { id: '2', name: 'recon' },
  ],
  rules: [
    { label: '1', family: 'grafana', servicePorts: [3000] },
    { label: '1', family: 'shell', clients: ['10.0.0.9'] },
  ],
};
const to = (port: number, client = '10.0.0.1') => ({ client, service: '10.0.0.2', port });

describe('parseLabelSet', () => {
  it('gives a flow of a label with rules its family only where a rule fits', () => {
    const set = parseLabelSet(SET, 'labels.yaml');
    expect(set.familyOf('1', to(3000))).toBe('grafana');
    expect(set.familyOf('grafana', to(3000))).toBe('grafana');
    expect(set.familyOf('1', to(443, '10.0.0.9'))).toBe('shell');
    expect(set.familyOf('1', to(443))).toBe('');
    expect(set.familyOf('2', to(443))).toBe('recon');
    expect(set.familyOf(' 0 ', to(3000))).toBe('');
    expect(set.find('1')?.references).toEqual(['CVE-2020-13379']);
  });

  it.each([
    [{}, /labels is missing/],
    [{ labels: [{ id: '1', name: 'a', references: ['CVE-1'] }] }, /references/],
    [
      {
        labels: [
          { id: '1', name: 'a' },
          { id: '1', name: 'b' },
        ],
      },
      /1 is there twice/,
    ],
    [
      { labels: [{ id: '1', name: 'a' }], rules: [{ label: '7', family: 'x', servicePorts: [1] }] },
      /a rule is for the label 7, which is not there/,
    ],
    [{ labels: [{ id: '1', name: 'a' }], rules: [{ label: '1', family: 'x' }] }, /wrong/],
    [{ labels: [{ id: '1', name: 'a' }], rules: [{ label: '1', family: 'x', servicePorts: [70_000] }] }, /65535/],
  ])('refuses %j', (value, message) => {
    expect(() => parseLabelSet(value, 'labels.yaml')).toThrow(message);
  });

  it('says which label of a file it does not have', () => {
    expect(() => parseLabelSet(SET, 'labels.yaml').familyOf('9', to(1))).toThrow('the label "9" is not in labels.yaml');
  });
});
