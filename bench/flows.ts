// Network flows: rows imported, flows scored and packets measured per second on one core, memory while a long file is read. [--rows N]
import { parseArgs } from 'node:util';
import {
  createCaptureMeter,
  createFlowReader,
  createTableBuilder,
  FLOW_CSV_HEADER,
  fitBenign,
  formatFlow,
  openFlowDetector,
  selectRows,
} from '../src/flows/index.ts';
import { seededRandom } from '../src/platform/index.ts';
import { FLOW_HEADER, flowLine } from '../src/testing/flow-builders.ts';
import { ethernetFrame, makePacket, pcapFile, reply } from '../src/testing/packet-builders.ts';
import { measure, printBar, printHead } from './report.ts';

const SEED = 1;
const PIECE_ROWS = 5_000;
const SCORED = 20_000;

const { values: flags } = parseArgs({ options: { rows: { type: 'string', default: '1000000' } } });
const rows = Number(flags.rows);

/** Flows of a few services with sizes that vary, in 86 columns with as many digits as meters write. */
const makeRows = (count: number, seed: number): Uint8Array => {
  const random = seededRandom(seed);
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    const kind = Math.floor(40 * random());
    const bytes = Math.round((200 + 90 * kind) * (1 + 0.05 * random()));
    const duration = Math.ceil(1000 * (1 + kind) * (1 + 0.1 * random()));
    const rate = 1e6 / duration;
    lines.push(
      flowLine({
        'Src IP': `10.0.${kind}.${Math.floor(250 * random())}`,
        'Dst Port': 8000 + kind,
        'Flow Duration': duration,
        'Total Length of Fwd Packet': bytes,
        'Total Length of Bwd Packet': 3 * bytes,
        'Fwd Packet Length Max': bytes / 2,
        'Fwd Packet Length Mean': bytes / 7,
        'Fwd Packet Length Std': bytes / 9,
        'Bwd Packet Length Mean': bytes / 3,
        'Packet Length Mean': bytes / 11,
        'Packet Length Std': bytes / 13,
        'Packet Length Variance': (bytes / 13) ** 2,
        'Flow Bytes/s': 4 * bytes * rate,
        'Flow Packets/s': 10 * rate,
        'Flow IAT Mean': duration / 9,
        'Flow IAT Std': duration / 8.7,
        'Fwd Packets/s': 5 * rate,
        'Bwd Packets/s': 5 * rate,
        'Subflow Fwd Bytes': Math.floor(bytes / 10),
      }),
    );
  }
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
};
const header = new TextEncoder().encode(`${FLOW_HEADER.join(',')}\n`);
const piece = makeRows(PIECE_ROWS, SEED);

await printHead({ bench: 'flows', seed: SEED, inputs: [{ name: `${PIECE_ROWS} rows, again and again`, source: { bytes: piece } }] });

const builder = createTableBuilder();
const training = createFlowReader({}, { flow: (flow) => builder.add(flow), problem: () => undefined });
training.push(header);
training.push(piece);
const table = builder.table();
const model = await fitBenign(
  table,
  selectRows(table, () => true),
  { quantile: 0.99 },
);
printBar({ name: 'kinds of benign flows', value: model.prototypes.count, unit: '' });

let read = 0;
let problems = 0;
const reader = createFlowReader({}, { flow: () => read++, problem: () => problems++ });
reader.push(header);
reader.push(piece);
const imported = await measure(() => {
  for (let i = 0; i < 5; i++) reader.push(piece);
});
printBar({ name: 'import', value: (5 * PIECE_ROWS) / (imported.cpuMs / 1000), unit: 'rows/s of CPU', atLeast: 50_000 });

const detector = openFlowDetector(model);
detector.judge(table);
const scored = await measure(() => {
  for (let done = 0; done < SCORED; done += table.matrix.count) detector.judge(table);
});
printBar({ name: 'scoring with A', value: SCORED / (scored.cpuMs / 1000), unit: 'flows/s of CPU', atLeast: 20_000 });

/** Connections of a dozen packets, twenty at a time, as on a busy node; short payloads, because their bytes are never looked at. */
const capture = pcapFile(
  Array.from({ length: 120_000 }, (_, i) => {
    const connection = 20 * Math.floor(i / 240) + (i % 20);
    const port = 1024 + (connection % 50_000);
    const isForward = Math.floor(i / 20) % 2 === 0;
    const packet = isForward ? makePacket({ sourcePort: port }) : reply({ destinationPort: port });
    return { timeUs: 1e15 + 40 * i, bytes: ethernetFrame({ ...packet, payloadBytes: (37 * i) % 200, headerBytes: 32 }) };
  }),
);
const METERED = 4;
let measuredFlows = 0;
let written = FLOW_CSV_HEADER.length;
const metered = await measure(() => {
  for (let i = 0; i < METERED; i++) {
    const meter = createCaptureMeter((flow) => {
      measuredFlows++;
      written += formatFlow(flow).length;
    });
    for (let at = 0; at < capture.length; at += 256 * 1024) meter.push(capture.subarray(at, at + 256 * 1024));
    meter.finish();
  }
});
printBar({ name: 'flow meter', value: (METERED * 120_000) / (metered.cpuMs / 1000), unit: 'packets/s of CPU', atLeast: 300_000 });
printBar({ name: 'flows measured and written', value: measuredFlows, unit: `in ${Math.round(written / 2 ** 20)} MiB`, atLeast: 1 });

/** The way of `flows score`: read, judge, forget, piece by piece. */
const long = createTableBuilder();
const stream = createFlowReader({}, { flow: (flow) => long.add(flow), problem: () => problems++ });
stream.push(header);
let [most, early] = [0, 0];
for (let done = 0; done < rows; done += PIECE_ROWS) {
  for (let at = 0; at < piece.length; at += 256 * 1024) {
    stream.push(piece.subarray(at, at + 256 * 1024));
    detector.judge(long.table());
    long.clear();
  }
  const { rss } = process.memoryUsage();
  if (done < rows / 4) early = Math.max(early, rss);
  most = Math.max(most, rss);
  await new Promise((resolve) => setImmediate(resolve));
}
printBar({ name: `memory while ${rows} flows are scored`, value: most / 2 ** 20, unit: 'MiB', atMost: 500 });
printBar({ name: 'growth after the first quarter', value: (most - early) / 2 ** 20, unit: 'MiB', atMost: 50 });
printBar({ name: 'rows that could not be read', value: problems, unit: '', atMost: 0 });
