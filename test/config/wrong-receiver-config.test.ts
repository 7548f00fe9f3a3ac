import { describe, expect, it } from '@jest/globals';
import { MITIGATION_BACK_ENDS } from '../../src/conventions/index.ts';
import { loadReceiverConfig } from '../../src/receiver/index.ts';

const problemsOf = (yaml: string): readonly string[] => {
  const result = loadReceiverConfig(yaml, {});
  return result.ok ? [] : result.problems.map(({ message }) => message);
};
const STORE = 'store: { path: ./a.db }\n';

/** Name, the file, the messages it must give. */
const WRONG: readonly (readonly [string, string, readonly string[]])[] = [
  ['an empty file', '', ['store.path is missing, but must be given, or store.postgresUrlFile in its place']],
  [
    'two stores',
    'store: { path: ./a.db, postgresUrlFile: ./url }',
    ['store.path is "./a.db", but must be absent where store.postgresUrlFile is given'],
  ],
  [
    'replicas over a file',
    `${STORE}leader: { enabled: true }`,
    ['leader.enabled is true, but must be false without store.postgresUrlFile: a file has one owner'],
  ],
  [
    'a token without a secret, one with two, and a name twice',
    `${STORE}auth: { tokens: [{ name: a, role: viewer }, { name: a, role: admin, tokenFile: t, sha256: ${'a'.repeat(64)} }] }`,
    [
      'auth.tokens[0] is "a", but must have either tokenFile or sha256',
      'auth.tokens[1].name is "a", but must be used once',
      'auth.tokens[1] is "a", but must have either tokenFile or sha256',
    ],
  ],
  [
    'mitigations without a back-end and without a Prometheus',
    `${STORE}mitigation: { enabled: true }`,
    [
      'mitigation.backEnds is empty, but must name at least one where mitigation.enabled is true',
      'mitigation.prometheusUrl is missing, but must be given, or mitigation.alerts be empty: alerts need a fresh score',
    ],
  ],
  [
    'a back-end that is none, and one named twice',
    `${STORE}mitigation: { backEnds: [{ name: apache }, { name: traefik }, { name: traefik }] }`,
    [
      `mitigation.backEnds[0].name is "apache", but must be one of: ${Object.keys(MITIGATION_BACK_ENDS).join(', ')}`,
      'mitigation.backEnds[2].name is "traefik", but must be used once',
    ],
  ],
  [
    'a life that is too long and a range that is none',
    `${STORE}mitigation: { ttlMinutes: 300, allowedClients: [10.0.0.0/33] }`,
    ['mitigation.ttlMinutes is 300, but must be at most 240'],
  ],
  [
    'a range that is none',
    `${STORE}mitigation: { allowedClients: [10.0.0.0/33] }`,
    ['mitigation.allowedClients[0] is "10.0.0.0/33", but must be an address or a range such as 10.0.0.0/8'],
  ],
  [
    'an unknown role',
    `${STORE}auth: { tokens: [{ name: a, role: root, tokenFile: t }] }`,
    ['auth.tokens[0].role is "root", but must be one of: sender, viewer, responder, admin'],
  ],
  [
    'a hash that is none',
    `${STORE}auth: { tokens: [{ name: a, role: viewer, sha256: abc }] }`,
    ['auth.tokens[0].sha256 is "abc", but must be text that matches ^[0-9a-f]{64}$'],
  ],
  [
    'client certificates without an authority',
    `${STORE}auth: { clients: [{ name: am, role: sender }] }`,
    ['auth.clients is given, but must be empty without listen.tls.clientCaFile'],
  ],
  ['half a certificate', `${STORE}listen: { tls: { certFile: a.pem } }`, ['listen.tls.keyFile is missing']],
  [
    'one port for two',
    `${STORE}listen: { apiPort: 9000, selfPort: 9000 }`,
    ['listen.selfPort is 9000, but must differ from listen.apiPort'],
  ],
  [
    'an address that is none',
    `${STORE}alertmanager: { urls: ['http://'] }`,
    ['alertmanager.urls[0] is "http://", but must be an address such as http://alertmanager:9093'],
  ],
  ['a poll that never rests', `${STORE}alertmanager: { pollSeconds: 0 }`, ['alertmanager.pollSeconds is 0, but must be at least 0.1']],
  [
    'channels without what they need',
    `${STORE}notify: { channels: [{ name: a, kind: slack }, { name: a, kind: email }, { name: b, kind: ntfy }, { name: c, kind: webhook, url: 'http://x', urlEnv: X }] }`,
    [
      'notify.channels[0] is "a", but must have an incoming webhook (urlFile), or slackChannel and the token of an app (secretFile)',
      'notify.channels[1].name is "a", but must be used once',
      'notify.channels[1].mail is "email", but must be given for email, and for nothing else',
      'notify.channels[2].url is missing, but must be given, or urlFile or urlEnv in its place',
      'notify.channels[3] is "c", but must have one of url, urlFile and urlEnv',
    ],
  ],
  [
    'people of Slack who are two at once, and no address of it',
    `${STORE}notify: { slackApiUrl: 'https://', slackUsers: [{ id: U1, name: ann, role: admin }, { id: U1, name: bob, role: viewer }] }`,
    [
      'notify.slackApiUrl is "https://", but must be an address such as https://slack.com/api',
      'notify.slackUsers[1].id is "U1", but must be used once',
    ],
  ],
  [
    'a template about nothing',
    `${STORE}notify: { channels: [{ name: a, kind: webhook, url: 'http://x', text: '{{sumary}}' }] }`,
    ['notify.channels[0].text is about {{sumary}}, but must be a fact of an alert, such as {{summary}} or {{labels.team}}'],
  ],
  ['an unknown key', `${STORE}verdicts: { bulkWorkload: 3 }`, ['verdicts.bulkWorkload is not a known key; did you mean bulkWorkloads?']],
];

describe('a wrong configuration of the receiver', () => {
  it.each(WRONG)('%s', (_, yaml, messages) => {
    expect(problemsOf(yaml)).toEqual(messages);
  });

  it('is told from a good one', () => {
    expect(problemsOf(STORE)).toEqual([]);
  });
});
