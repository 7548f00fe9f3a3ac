import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { FLAG } from '../../src/flows/meter/packet.ts';
import { FLOW_HEADER, flowCsv } from '../../src/testing/flow-builders.ts';
import { ethernetFrame, makePacket, pcapFile, reply } from '../../src/testing/packet-builders.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/bellwether.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bellwether-flow-tools-'));
const path = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, 'flows', ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
};
const lines = (name: string): string[] => readFileSync(path(name), 'utf8').trim().split('\n');

describe('bellwether flows meter', () => {
  const packets = Array.from({ length: 20 }, (_, i) =>
    (i % 2 === 0 ? makePacket : reply)({ timeUs: 1e15 + i * 1000, payloadBytes: 10 * i }),
  );
  const capture = pcapFile(packets.map((packet) => ({ timeUs: packet.timeUs, bytes: ethernetFrame(packet) })));

  it('measures a compressed capture', () => {
    writeFileSync(path('a.pcap.gz'), gzipSync(capture));
    expect(run('meter', path('a.pcap.gz'), '--out', path('a.csv'))).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('1 flows of 20 packets'),
    });
    expect(lines('a.csv')[1]).toMatch(
      /^10\.0\.0\.1-10\.0\.0\.2-40000-8080-6,10\.0\.0\.1,40000,10\.0\.0\.2,8080,6,2001-09-09 01:46:40\.000000,19000,10,10,900,1000,/,
    );
  });

  it('measures standard input as it comes, into a folder that is rotated', () => {
    // Fifty connections, one after the other, each ended by a reset.
    const connections = Array.from({ length: 50 }, (_, i) => [
      makePacket({ timeUs: 1e15 + i * 2e6, sourcePort: 2000 + i }),
      reply({ timeUs: 1e15 + i * 2e6 + 10, destinationPort: 2000 + i, flags: FLAG.rst }),
    ]).flat();
    const bytes = pcapFile(connections.map((packet) => ({ timeUs: packet.timeUs, bytes: ethernetFrame(packet) })));
    const live = path('live');
    const args = ['meter', '-', '--out-dir', live, '--rows', '20', '--keep', '2', '--max-rate', '1'];
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, 'flows', ...args], { input: bytes, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: `50 flows of 100 packets in ${live}\n` });
    expect(stderr).toContain('standard input: 50 packets count in no flow: more in one second than are measured');
    expect(readdirSync(live)).toEqual(['flows.csv', 'flows.csv.1', 'flows.csv.2']);
    expect(['flows.csv.2', 'flows.csv.1', 'flows.csv'].map((name) => lines(`live/${name}`).length - 1)).toEqual([20, 20, 10]);
    // Another process goes on in a file of its own; the oldest one goes.
    expect(spawnSync(process.execPath, [PROGRAM, 'flows', ...args], { input: bytes.subarray(0, 100), encoding: 'utf8' }).status).toBe(0);
    expect(['flows.csv.2', 'flows.csv.1', 'flows.csv'].map((name) => lines(`live/${name}`).length - 1)).toEqual([20, 10, 1]);
  });

  it('ends standard input at a signal, with the flows under way', async () => {
    const live = path('signal');
    const meter = spawn(process.execPath, [PROGRAM, 'flows', 'meter', '-', '--out-dir', live], { stdio: ['pipe', 'pipe', 'inherit'] });
    let said = '';
    meter.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    meter.stdin.on('error', () => undefined);
    // A second flow, long after the first: it ends the first one, so that its row shows that the bytes have been read.
    const later = makePacket({ timeUs: 1e15 + 300e6, sourcePort: 9 });
    const closing = reply({ timeUs: 1e15 + 5e4, flags: FLAG.rst });
    const both = [...packets, closing, later];
    meter.stdin.write(pcapFile(both.map((packet) => ({ timeUs: packet.timeUs, bytes: ethernetFrame(packet) }))));
    for (let waited = 0; waited < 600 && !existsSync(join(live, 'flows.csv')); waited++) await delay(100);
    const ended = once(meter, 'exit');
    meter.kill('SIGTERM');
    await ended;
    expect(said).toBe(`2 flows of 22 packets in ${live}\n`);
    expect(lines('signal/flows.csv')).toHaveLength(3);
  });

  it('wants one place to write to', () => {
    expect(run('meter', path('a.pcap.gz'))).toMatchObject({ status: 2, stderr: expect.stringContaining('give --out or --out-dir') });
  });

  it('measures a broken one up to where it breaks off, and refuses what is none', () => {
    writeFileSync(path('b.pcap'), capture.subarray(0, capture.length - 5));
    const broken = run('meter', path('b.pcap'), '--out', path('b.csv'));
    expect(broken).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('the file breaks off within a packet'),
      stdout: expect.stringContaining('19 packets'),
    });
    writeFileSync(path('c.pcap'), 'Flow ID,Src IP');
    expect(run('meter', path('c.pcap'), '--out', path('c.csv'))).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('c.pcap: byte 0: this is no packet capture'),
    });
  });
});

describe('bellwether flows simulate', () => {
  it('writes flows with their truth', () => {
    const simulated = run('simulate', '--out', path('s1.csv'), '--seed', '7', '--episodes', 'port_scan,outage');
    expect(simulated.stdout).toMatch(/^\d+ flows, \d+ of attacks/);
    const truth = new Set(
      lines('s1.csv')
        .slice(1)
        .map((line) => line.split(',').slice(-2).join()),
    );
    expect([...truth].map((each) => each.replace(/\d+$/, 'N').replace(/,\d+-/, ',')).sort()).toEqual([
      ',',
      ',outage-N',
      'port_scan,port_scan-N',
    ]);
  });
});

describe('bellwether flows report', () => {
  const header = [...FLOW_HEADER, 'Label'];
  const rows = ['0', '1', '2'].flatMap((label) =>
    Array.from({ length: 40 }, (_, i) => ({
      Timestamp: `2026-01-0${1 + Number(label)} 00:00:${String(i).padStart(2, '0')}`,
      'Total Length of Fwd Packet': 100 * 9 ** Number(label) + i,
      'Dst Port': i % 4 === 0 ? 3000 : 443,
      Label: label,
    })),
  );
  const labels = {
    labels: [
      { id: '0', name: 'benign' },
      { id: '1', name: 'grafana', references: ['CVE-2020-13379'] },
      { id: '2', name: 'recon' },
    ],
    rules: [{ label: '1', family: 'grafana', servicePorts: [3000] }],
  };
  beforeAll(() => {
    writeFileSync(path('labelled.csv'), flowCsv(rows, header));
    writeFileSync(path('labels.yaml'), JSON.stringify(labels));
  });

  it('says that it recognises captures, and shows labels of files and flows side by side', () => {
    const told = run(
      'report',
      '--data',
      path('labelled.csv'),
      '--label-column',
      'Label',
      '--labels',
      path('labels.yaml'),
      '--effort',
      '0.1',
    );
    expect(told.stdout).toContain('Capture recognition, not detection');
    expect(told.stdout).toMatch(/1 +grafana, CVE-2020-13379 +F1 1\.000 +recall 100\.00 % \[91\.24, 100\.00\] \(40 of 40\)/);
    expect(told.stderr).toContain('label 1 (grafana, CVE-2020-13379): 10 grafana, 30 benign');
  });

  it('lets training use the same label set', () => {
    const trained = run(
      'train',
      '--data',
      path('labelled.csv'),
      '--label-column',
      'Label',
      '--labels',
      path('labels.yaml'),
      '--detector',
      'benign',
      '--out',
      path('m'),
    );
    expect(trained.stderr).toContain('70 benign flows');
    expect(run('train', '--data', path('labelled.csv'), '--labels', path('labels.yaml'), '--out', path('m'))).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--labels needs --label-column'),
    });
  });
});

describe('bellwether flows workloads', () => {
  it('tells steps in the reports of a node, and that it is an experiment', () => {
    const sizes = [1000, 1000, 1000, 1400, 1400, 1400, 1400, 1400];
    const reports = sizes.map((bytes, i) => ({
      'Dst Port': 6443,
      Timestamp: `2026-01-01 00:0${Math.floor(i / 6)}:${(i % 6) * 10}0`.slice(0, 19),
      'Fwd Packet Length Max': bytes,
    }));
    writeFileSync(path('control.csv'), flowCsv(reports));
    const told = run('workloads', path('control.csv'));
    expect(JSON.parse(told.stdout)).toMatchObject({ kind: 'created', fromBytes: 1000, toBytes: 1400 });
    expect(told.stderr).toContain('this is an experiment');
  });
});
