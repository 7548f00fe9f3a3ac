import type { FlowModel } from '../model/flow-model.ts';
import { createFewShotDetector } from '../shots/few-shot.ts';
import { createAutoencoderDetector } from './autoencoder.ts';
import { createBenignDetector, createNoveltyDetector } from './benign.ts';
import type { FlowDetector } from './judgement.ts';
import { createSequenceDetector } from './sequence.ts';
import { createSupervisedDetector } from './supervised.ts';

/** A model at work. One detector per stream of flows: some remember what they said. */
export const openFlowDetector = (model: FlowModel): FlowDetector => {
  switch (model.kind) {
    case 'benign':
      return createBenignDetector(model);
    case 'novelty':
      return createNoveltyDetector(model);
    case 'autoencoder':
      return createAutoencoderDetector(model);
    case 'supervised':
      return createSupervisedDetector(model);
    case 'sequence':
      return createSequenceDetector(model);
    case 'few-shot':
      return createFewShotDetector(model);
  }
};
