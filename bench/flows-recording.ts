// All protocols for flows on a labelled recording, against the figures they should reach. --data FILE [--label-column Family] [--capture-column Capture] [--compare]
import { parseArgs } from 'node:util';
import { COMPARED, formatFigures, loadTable, openSession, type ProtocolFigures, runProtocols } from '../src/flow-commands/index.ts';
import { seededRandom } from '../src/platform/index.ts';
import { printBar, printHead } from './report.ts';

const SEED = 1;
/** Measured apart from this program, with the same protocols; few-shot figures vary with the draw. */
const NEAR = 0.03;
const NEAR_FEW_SHOT = 0.05;

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string' },
    'label-column': { type: 'string', default: 'Family' },
    'capture-column': { type: 'string', default: 'Capture' },
    compare: { type: 'boolean', default: false },
  },
});

const near = (name: string, value: number, wanted: number, tolerance: number): boolean =>
  printBar({ name: `${name} (${wanted})`, value, unit: '', atLeast: Math.round((wanted - tolerance) * 1000) / 1000 });

const printBars = ({ benignOnly, fewShot, supervised, placebo, largest }: ProtocolFigures): void => {
  const detector = (start: string) => benignOnly.find(({ name }) => name.startsWith(start))!;
  const recipe = (name: string, shots: number): number => fewShot.find((row) => row.name === name && row.shots === shots)!.macroF1;
  const trees = (start: string): number => supervised.supervised?.find(({ name }) => name.startsWith(start))?.prAuc ?? Number.NaN;
  near('A, PR-AUC of rare families', detector('benign').prAucRare, 0.854, NEAR);
  near('A, PR-AUC', detector('benign').prAuc, 0.997, NEAR);
  near('novelty alone, PR-AUC of rare families', detector('baseline: novelty').prAucRare, 0.343, NEAR);
  near('novelty x A, PR-AUC of rare families', detector('novelty').prAucRare, 0.923, NEAR);
  near('novelty x A, PR-AUC', detector('novelty').prAuc, 0.998, NEAR);
  printBar({ name: 'autoencoder, PR-AUC of rare families (0.608)', value: detector('autoencoder').prAucRare, unit: '' });
  near('d, N = 1, macro-F1', recipe('recipe d', 1), 0.77, NEAR_FEW_SHOT);
  near('d, N = 5, macro-F1', recipe('recipe d', 5), 0.77, NEAR_FEW_SHOT);
  near('g, N = 1, macro-F1', recipe('recipe g', 1), 0.77, NEAR_FEW_SHOT);
  near('g, N = 5, macro-F1', recipe('recipe g', 5), 0.94, NEAR_FEW_SHOT);
  near('d, examples alone, N = 5, macro-F1', recipe('recipe d, examples alone', 5), 0.77, NEAR_FEW_SHOT);
  near('g, examples alone, N = 5, macro-F1', recipe('recipe g, examples alone', 5), 0.94, NEAR_FEW_SHOT);
  near('extra trees, time halves', trees('time halves'), 0.998, NEAR);
  near('extra trees, without the C2 capture', trees('without node_red_c2'), 1, NEAR);
  near('extra trees, without the Influx capture', trees('without influx'), 0.99, NEAR);
  near('extra trees, without the Grafana capture', trees('without grafana'), 1, NEAR);
  for (const start of ['benign', 'novelty', 'autoencoder']) {
    const { falseAlarms, recall } = detector(start);
    printBar({ name: `${start}, false alarms in benign time`, value: 100 * falseAlarms!.value, unit: '%', atMost: 1.5 });
    printBar({ name: `${start}, recall of ${largest}`, value: recall![largest]!.value, unit: '', atLeast: 0.98 });
    printBar({ name: `${start}, background of attack captures, ROC`, value: detector(start).backgroundRoc, unit: '', atMost: 0.62 });
  }
  for (const { name, falseAlarms } of supervised.supervised ?? [])
    printBar({ name: `extra trees, ${name}, false alarms`, value: 100 * falseAlarms.value, unit: '%', atMost: 0.3 });
  for (const [name, rocs] of Object.entries(placebo)) {
    const mean = rocs.reduce((sum, roc) => sum + roc, 0) / rocs.length;
    printBar({ name: `placebo, ${name}, mean ROC`, value: mean, unit: '', atLeast: 0.35, atMost: 0.65 });
  }
};

if (flags.data === undefined) {
  console.error('flows-recording: --data FILE is missing: a labelled flow file with a column that names the capture');
  process.exitCode = 2;
} else {
  await printHead({ bench: 'flows-recording', seed: SEED, inputs: [{ name: 'flows', source: { file: flags.data } }] });
  const tell = (line: string): void => console.error(line);
  const { table } = await loadTable(
    { files: [flags.data], labelColumn: flags['label-column'], textColumns: [flags['capture-column']] },
    tell,
  );
  // As in the source of the figures: influx gets examples too, but can only be a wrong answer.
  const options = {
    captureText: 1,
    quantile: 0.99,
    draws: 16,
    fewShot: { shotsOf: ['recon', 'node_red_c2', 'influx'], scored: ['recon', 'node_red_c2'] },
    ...(flags.compare ? COMPARED : {}),
  };
  const figures = await runProtocols({ random: seededRandom(SEED), open: openSession }, table, options, tell);
  console.log(formatFigures(figures));
  printBars(figures);
}
