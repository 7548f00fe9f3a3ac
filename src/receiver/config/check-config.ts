import { MITIGATION_BACK_ENDS } from '../../conventions/index.ts';
import { isAddressRange, type Problem } from '../../platform/index.ts';
import type { ReceiverConfig } from './schema.ts';

const problem = (key: string, value: unknown, limit: string, shown: string = JSON.stringify(value) ?? 'missing'): Problem => ({
  key,
  value,
  limit,
  message: `${key} is ${shown}, but must ${limit}`,
});

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
  if (!broken.has('mitigation')) problems.push(...mitigationProblems(config.mitigation));
  return problems;
};

const mitigationProblems = ({ enabled, backEnds, alerts, prometheusUrl, allowedClients }: ReceiverConfig['mitigation']): Problem[] => {
  const known = Object.keys(MITIGATION_BACK_ENDS);
  const problems = backEnds.flatMap(({ name }, i) =>
    known.includes(name) ? [] : [problem(`mitigation.backEnds[${i}].name`, name, `be one of: ${known.join(', ')}`)],
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
