/** Steps of the preparation that can be chosen; all are fitted on learned rows alone. */
export interface SupervisedSettings {
  /** `signed-log`: columns that span powers of ten are compared by factors. */
  readonly encoding: 'plain' | 'signed-log';
  /** Principal components that stand for the columns; 0 = the columns themselves. */
  readonly components: number;
  /** Classes drawn equally often, cut down to the rarest, or as they come. */
  readonly sampling: 'over' | 'under' | 'none';
}

export const ENCODINGS = ['plain', 'signed-log'] as const;
export const SAMPLINGS = ['over', 'under', 'none'] as const;
export const DEFAULT_SETTINGS: SupervisedSettings = { encoding: 'plain', components: 0, sampling: 'over' };

/** The steps in their order, as the run record names them. */
export const stepsOf = ({ encoding, components, sampling }: SupervisedSettings): string[] => [
  `encode ${encoding}`,
  'cap at 0.005 and 0.995',
  'scale to mean 0 and deviation 1',
  ...(components > 0 ? [`project on ${components} principal components`] : []),
  { over: 'over-sample classes to equal shares', under: 'under-sample classes to the rarest', none: 'draw classes as they come' }[sampling],
];

/** What a search tries, the default first: it wins among equals. */
export const searchGrid = (width: number): SupervisedSettings[] =>
  ENCODINGS.flatMap((encoding) =>
    [0, Math.ceil(width / 2)].flatMap((components) =>
      (['over', 'under'] as const).map((sampling): SupervisedSettings => ({ encoding, components, sampling })),
    ),
  );
