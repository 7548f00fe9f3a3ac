import type { ModuleDeclaration } from '../../conventions/index.ts';
import { retrainDeclaration, trainDeclaration, withModels } from '../../training/declare.ts';
import type { Process, TrainingSettings } from './bundle.ts';
import { BYTES, OBJECT_NAME } from './rules-of-names.ts';
import type { OptionSection } from './section.ts';

/** Away from the full hour, at which every other CronJob begins. */
const MINUTE = 17;
/** What a schedule can say evenly over a day. */
const SCHEDULES: Readonly<Record<string, string>> = {
  '1h': `${MINUTE} * * * *`,
  '2h': `${MINUTE} */2 * * *`,
  '3h': `${MINUTE} */3 * * *`,
  '4h': `${MINUTE} */4 * * *`,
  '6h': `${MINUTE} */6 * * *`,
  '8h': `${MINUTE} */8 * * *`,
  '12h': `${MINUTE} */12 * * *`,
  '1d': `${MINUTE} 3 * * *`,
};
/** A month, as the commands take it. */
const MAX_HOURS = 744;

export const parseTraining = (section: OptionSection): TrainingSettings => {
  const storage = section.section('storage');
  const every = section.oneOf('every', Object.keys(SCHEDULES), '1h');
  return {
    enabled: section.flag('enabled', false),
    first: section.flag('first', false),
    learned: section.oneOf<'shadow' | 'on'>('learned', ['shadow', 'on'], 'on'),
    schedule: SCHEDULES[every] ?? '',
    hours: section.integer('hours', 168, { min: 1, max: MAX_HOURS }),
    stepSeconds: section.duration('step', '1m', { min: 1, max: 3600 }),
    steps: section.integer('steps', 2000, { min: 1, max: 1_000_000 }),
    storage: {
      size: storage.text('size', '8Gi', BYTES),
      storageClass: storage.optionalText('storageClass', OBJECT_NAME),
      accessMode: storage.oneOf<'ReadWriteOnce' | 'ReadWriteMany'>('accessMode', ['ReadWriteOnce', 'ReadWriteMany'], 'ReadWriteOnce'),
    },
  };
};

/** The processes with training, as they are where it is off. */
export const withTraining = (
  declarations: readonly ModuleDeclaration[],
  training: TrainingSettings,
  bundle: string,
): readonly ModuleDeclaration[] =>
  training.enabled
    ? [
        ...declarations.map((one) => (one.name === 'exporter' ? withModels(one, training.learned) : one)),
        retrainDeclaration(training, bundle),
        ...(training.first ? [trainDeclaration(training)] : []),
      ]
    : declarations;

/** Training needs who speaks and who scores, and a volume that all shards can reach. */
export const checkTraining = (section: OptionSection, { enabled, storage }: TrainingSettings, processes: readonly Process[]): void => {
  if (!enabled) return;
  const find = (name: string): Process | undefined => processes.find(({ declaration }) => declaration.name === name);
  const exporter = find('exporter');
  if (!exporter || !find('receiver')) section.refuse('enabled', 'false where processes.exporter or processes.receiver is off');
  if ((exporter?.shards ?? 1) > 1 && storage.accessMode === 'ReadWriteOnce')
    section.note('training.storage.accessMode', storage.accessMode, 'ReadWriteMany where processes.exporter.shards is above 1');
};
