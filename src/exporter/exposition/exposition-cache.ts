import type { ScoreBoard } from '../board/score-board.ts';
import { createScoreExposition, type Exposition, type ExpositionState } from './score-exposition.ts';

export interface ExpositionInputs {
  readonly state: ExpositionState;
  readonly maxContributions: number;
}

export interface RenderedExposition extends Omit<Exposition, 'text'> {
  readonly bytes: Buffer;
}

/** Renders once per change of the board, of the state or of the cap, however often it is scraped. */
export const createExpositionCache = (
  board: Pick<ScoreBoard, 'entries' | 'version'>,
  inputs: () => ExpositionInputs,
): { current(): RenderedExposition } => {
  const exposition = createScoreExposition(board, inputs);
  let key = '';
  let rendered: RenderedExposition | undefined;
  return {
    current: () => {
      const { state, maxContributions } = inputs();
      const wanted = `${board.version}/${state.withdrawn}/${state.backfilling}/${maxContributions}`;
      if (!rendered || wanted !== key) {
        const { text, ...rest } = exposition.render(state);
        rendered = { ...rest, bytes: Buffer.from(text) };
        key = wanted;
      }
      return rendered;
    },
  };
};
