import type { Problem } from '../../platform/index.ts';
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
  return problems;
};
