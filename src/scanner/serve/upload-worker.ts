import { parentPort, workerData } from 'node:worker_threads';
import { systemClock, toBellwetherError } from '../../platform/index.ts';
import { policyPack } from '../../policy/index.ts';
import { withOwnPolicies } from '../command/read-policies.ts';
import { createUploadJudge } from './judge-upload.ts';
import type { Upload, UploadReply, UploadWorkerData } from './upload-protocol.ts';

/** A thread that judges uploads, one after the other, so that none of them can hold the server. */
const { sources, ...options } = workerData as UploadWorkerData;
const judge = createUploadJudge(systemClock, withOwnPolicies(policyPack(), sources), options);

parentPort?.on('message', async (upload: Upload) => {
  let reply: UploadReply;
  try {
    reply = { text: await judge(upload) };
  } catch (error) {
    const { code, message } = toBellwetherError(error);
    reply = { failure: { code, message } };
  }
  parentPort?.postMessage(reply);
});
