import { type Bar, printBar } from '../report.ts';

/** A measured figure; with `atMost` or `atLeast` it is a bar that can be missed. */
export interface Figure extends Bar {
  readonly phase: string;
  /** What it is made of, where the name does not say it. */
  readonly note?: string;
}

export interface Figures {
  readonly all: readonly Figure[];
  readonly add: (name: string, value: number, unit: string, more?: Pick<Figure, 'atMost' | 'atLeast' | 'note'>) => void;
}

/** Collects the figures of one phase and prints each as it comes. */
export const createFigures = (phase: string, all: Figure[]): Figures => ({
  all,
  add: (name, value, unit, more = {}) => {
    const figure: Figure = { phase, name, value, unit, ...more };
    all.push(figure);
    printBar(figure);
    if (figure.note) console.log(`    ${figure.note}`);
  },
});

/** A bar that was not reached; a figure that is no number never reaches its bar. */
export const isMissed = ({ value, atMost, atLeast }: Figure): boolean =>
  (atMost !== undefined && !(value <= atMost)) || (atLeast !== undefined && !(value >= atLeast));

const limitText = ({ atMost, atLeast, unit }: Figure): string =>
  [atMost === undefined ? '' : `<= ${atMost} ${unit}`, atLeast === undefined ? '' : `>= ${atLeast} ${unit}`].filter(Boolean).join(', ');

const valueText = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString();

/** All figures as one Markdown table, for the documentation. */
export const figureTable = (figures: readonly Figure[]): string =>
  [
    '| phase | figure | value | bar | |',
    '|---|---|---:|---|---|',
    ...figures.map((figure) => {
      const limit = limitText(figure);
      const verdict = limit === '' ? '' : isMissed(figure) ? 'missed' : 'ok';
      return `| ${figure.phase} | ${figure.name} | ${valueText(figure.value)} ${figure.unit} | ${limit} | ${verdict} |`;
    }),
  ].join('\n');
