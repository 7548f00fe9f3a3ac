import { isIP } from 'node:net';

/** 4 or 6 for an address of that version; 0 for anything else. */
export const ipVersion = (address: string): 0 | 4 | 6 => isIP(address) as 0 | 4 | 6;
