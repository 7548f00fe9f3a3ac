// First file of a worker thread in a checkout: `--import tsx` in its arguments does not reach the first file of a thread on Node 20.
import { register } from 'tsx/esm/api';

register();
await import(process.argv[2]);
