import { parentPort, workerData } from 'node:worker_threads';
import { readFile, systemClock, toBellwetherError } from '../../platform/index.ts';
import { createPolicySet, policyPack } from '../../policy/index.ts';
import { withOwnPolicies } from '../command/read-policies.ts';
import { createFileScanner } from '../scan-file.ts';
import type { ScanReply, ScanRequest, ScanWorkerData } from './scan-protocol.ts';

/** A thread that scans files, one after the other. It ends with the process that started it. */
const { selection, sources, maxBytes, ...options } = workerData as ScanWorkerData;
const scanFile = createFileScanner(
  { clock: systemClock, readFile: (path) => readFile(path, { maxBytes }) },
  { ...options, policies: createPolicySet(withOwnPolicies(policyPack(), sources), selection) },
  new AbortController().signal,
);

parentPort?.on('message', async ({ id, input }: ScanRequest) => {
  let reply: ScanReply;
  try {
    reply = { id, result: await scanFile(input) };
  } catch (error) {
    const { code, message } = toBellwetherError(error);
    reply = { id, failure: { code, message } };
  }
  parentPort?.postMessage(reply);
});
