import { type AlertCases, own } from './alert-case.ts';

const INTERVAL = 'bellwether_cycle_interval_seconds{pod="p",loop="background_scan"}';
const LAST = 'bellwether_cycle_last_success_timestamp_seconds{pod="p",loop="background_scan"}';
const UNREAD = 'bellwether_background_scan_unread_kinds{pod="p"}';
const STALE = own('warning', {});

export const BACKGROUND_SCAN_CASES: AlertCases = {
  BellwetherBackgroundScanStale: [
    {
      kind: 'fires',
      what: 'three scans are missing',
      series: { [INTERVAL]: '900x400', [LAST]: '0x400' },
      firing: { '1h15m30s': [STALE], '1h15m': [] },
      says: {
        summary: 'The cluster has not been scanned in the background for a long time',
        description: 'Reports and findings are old: three scans in a row are missing, or there is nobody who scans any more.',
      },
    },
    { kind: 'fires', what: 'there never was one', series: { [INTERVAL]: '900x100' }, firing: { '30m': [STALE], '29m30s': [] } },
    {
      kind: 'quiet',
      what: 'another replica has scanned, and loops of other processes are late',
      series: {
        [INTERVAL]: '900x400',
        [LAST]: '0x400',
        'bellwether_cycle_last_success_timestamp_seconds{pod="q",loop="background_scan"}': '0+30x400',
        'bellwether_cycle_interval_seconds{pod="r",loop="tick"}': '30x400',
      },
      firing: { '2h': [] },
    },
    {
      kind: 'resolves',
      what: 'it is scanned again',
      series: { [INTERVAL]: '900x400', [LAST]: '0x199 6000x200' },
      firing: { '1h39m30s': [STALE], '1h40m': [] },
    },
    {
      kind: 'missing',
      what: 'whoever scanned is gone, until that is forgotten',
      series: { [INTERVAL]: '900x4 stale', [LAST]: '0x4 stale' },
      firing: { '32m': [], '32m30s': [STALE], '6h1m30s': [STALE], '6h2m': [] },
    },
    { kind: 'missing', what: 'there is none', series: { [UNREAD]: '0x100' }, firing: { '50m': [] } },
  ],
  BellwetherBackgroundScanIncomplete: [
    {
      kind: 'fires',
      what: 'a right is missing',
      series: { [UNREAD]: '2x300', 'bellwether_background_scan_unread_kinds{pod="q"}': '0x300' },
      firing: { '1h': [STALE], '59m30s': [] },
      says: {
        summary: '2 kinds cannot be listed by the background scan',
        description: 'Their objects are not judged, and policies that look at several objects are left out. Most often a right is missing.',
      },
    },
    { kind: 'fires', what: 'a single kind is unread', series: { [UNREAD]: '1x300' }, firing: { '1h': [STALE] } },
    { kind: 'quiet', what: 'all was read', series: { [UNREAD]: '0x300' }, firing: { '2h': [] } },
    { kind: 'resolves', what: 'the right is there', series: { [UNREAD]: '1x139 0x20' }, firing: { '1h9m30s': [STALE], '1h10m': [] } },
    { kind: 'missing', what: 'the scan is gone', series: { [UNREAD]: '1x4 stale' }, firing: { '2h': [] } },
  ],
};
