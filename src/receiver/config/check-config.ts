import { MITIGATION_BACK_ENDS } from '../../conventions/index.ts';
import { isAddressRange, type Problem } from '../../platform/index.ts';
import { unknownPlaces } from '../notify/message.ts';
import type { ReceiverConfig } from './schema.ts';

const problem = (key: string, value: unknown, limit: string, shown: string = JSON.stringify(value) ?? 'missing'): Problem => ({
  key,
  value,
  limit,
  message: `${key} is ${shown}, but must ${limit}`,
});

/** Which of several keys are given. */
const given = (...values: readonly unknown[]): number => values.filter((value) => value !== undefined).length;

const channelProblems = ({
  channels,
  slackSigningSecretFile,
  slackSigningSecretEnv,
  slackAppTokenFile,
  slackAppTokenEnv,
  slackApiUrl,
  slackUsers,
}: ReceiverConfig['notify']): readonly Problem[] => {
  const problems: Problem[] = [];
  if (given(slackAppTokenFile, slackAppTokenEnv) > 1)
    problems.push(problem('notify.slackAppTokenEnv', slackAppTokenEnv, 'be absent beside slackAppTokenFile'));
  if (!URL.canParse(slackApiUrl)) problems.push(problem('notify.slackApiUrl', slackApiUrl, 'be an address such as https://slack.com/api'));
  slackUsers.forEach(({ id }, i) => {
    if (slackUsers.findIndex((one) => one.id === id) !== i) problems.push(problem(`notify.slackUsers[${i}].id`, id, 'be used once'));
  });
  if (given(slackSigningSecretFile, slackSigningSecretEnv) > 1)
    problems.push(problem('notify.slackSigningSecretEnv', slackSigningSecretEnv, 'be absent beside slackSigningSecretFile'));
  const names = channels.map(({ name }) => name);
  channels.forEach((channel, i) => {
    const key = `notify.channels[${i}]`;
    const { name, kind, url, urlFile, urlEnv, secretFile, secretEnv, slackChannel, mail } = channel;
    const addresses = given(url, urlFile, urlEnv);
    if (names.indexOf(name) !== i) problems.push(problem(`${key}.name`, name, 'be used once'));
    if (addresses > 1) problems.push(problem(key, name, 'have one of url, urlFile and urlEnv'));
    if (given(secretFile, secretEnv) > 1) problems.push(problem(key, name, 'have one of secretFile and secretEnv'));
    if ((kind === 'email') !== (mail !== undefined))
      problems.push(problem(`${key}.mail`, kind, 'be given for email, and for nothing else'));
    if (mail?.username !== undefined && given(secretFile, secretEnv) === 0)
      problems.push(problem(key, name, 'have a secretFile or secretEnv with the password of mail.username'));
    if ((kind === 'ntfy' || kind === 'webhook') && addresses === 0)
      problems.push(problem(`${key}.url`, undefined, 'be given, or urlFile or urlEnv in its place', 'missing'));
    if (kind === 'slack' && addresses === 0 && (slackChannel === undefined || given(secretFile, secretEnv) === 0))
      problems.push(problem(key, name, 'have an incoming webhook (urlFile), or slackChannel and the token of an app (secretFile)'));
    for (const part of ['title', 'text'] as const)
      for (const place of unknownPlaces(channel[part]))
        problems.push(
          problem(`${key}.${part}`, place, 'be a fact of an alert, such as {{summary}} or {{labels.team}}', `about {{${place}}}`),
        );
  });
  return problems;
};

/** Rules between keys. Sections in `broken` failed the schema and are left out. */
export const checkReceiverConfig = (config: ReceiverConfig, broken: ReadonlySet<string>): readonly Problem[] => {
  const problems: Problem[] = [];
  const { auth, store, listen, leader, alertmanager } = config;
  if (!broken.has('store')) {
    const { path, postgresUrlFile } = store;
    if (path === undefined && postgresUrlFile === undefined)
      problems.push(problem('store.path', undefined, 'be given, or store.postgresUrlFile in its place', 'missing'));
    if (path !== undefined && postgresUrlFile !== undefined)
      problems.push(problem('store.path', path, 'be absent where store.postgresUrlFile is given'));
    if (!broken.has('leader') && leader.enabled && postgresUrlFile === undefined)
      problems.push(problem('leader.enabled', true, 'be false without store.postgresUrlFile: a file has one owner'));
  }
  if (!broken.has('auth')) {
    const names = auth.tokens.map(({ name }) => name);
    auth.tokens.forEach(({ name, tokenFile, sha256 }, i) => {
      if (names.indexOf(name) !== i) problems.push(problem(`auth.tokens[${i}].name`, name, 'be used once'));
      if ((tokenFile === undefined) === (sha256 === undefined))
        problems.push(problem(`auth.tokens[${i}]`, name, 'have either tokenFile or sha256'));
    });
  }
  if (!broken.has('auth') && !broken.has('listen') && auth.clients.length > 0 && listen.tls?.clientCaFile === undefined)
    problems.push(problem('auth.clients', undefined, 'be empty without listen.tls.clientCaFile', 'given'));
  if (!broken.has('listen') && listen.apiPort !== 0 && listen.apiPort === listen.selfPort)
    problems.push(problem('listen.selfPort', listen.selfPort, 'differ from listen.apiPort'));
  if (!broken.has('alertmanager'))
    alertmanager.urls.forEach((url, i) => {
      if (!URL.canParse(url)) problems.push(problem(`alertmanager.urls[${i}]`, url, 'be an address such as http://alertmanager:9093'));
    });
  if (!broken.has('notify')) problems.push(...channelProblems(config.notify));
  if (!broken.has('mitigation')) problems.push(...mitigationProblems(config.mitigation));
  return problems;
};

const mitigationProblems = ({ enabled, backEnds, alerts, prometheusUrl, allowedClients }: ReceiverConfig['mitigation']): Problem[] => {
  const known = Object.keys(MITIGATION_BACK_ENDS);
  const names = backEnds.map(({ name }) => name);
  const problems = names.flatMap((name, i) =>
    known.includes(name)
      ? names.indexOf(name) === i
        ? []
        : [problem(`mitigation.backEnds[${i}].name`, name, 'be used once')]
      : [problem(`mitigation.backEnds[${i}].name`, name, `be one of: ${known.join(', ')}`)],
  );
  if (enabled && backEnds.length === 0)
    problems.push(problem('mitigation.backEnds', undefined, 'name at least one where mitigation.enabled is true', 'empty'));
  if (enabled && alerts.length > 0 && prometheusUrl === undefined)
    problems.push(
      problem('mitigation.prometheusUrl', undefined, 'be given, or mitigation.alerts be empty: alerts need a fresh score', 'missing'),
    );
  allowedClients.forEach((range, i) => {
    if (!isAddressRange(range))
      problems.push(problem(`mitigation.allowedClients[${i}]`, range, 'be an address or a range such as 10.0.0.0/8'));
  });
  return problems;
};
