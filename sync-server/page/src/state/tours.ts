import type { MeterState } from '@walkby/ui';
import { DONE_STATES, type Progress, type TourSummary } from '../backend/model';

/** How many lines of a tour are in a state that leaves nothing to do. */
export function doneOf(progress: Progress): number {
  return DONE_STATES.reduce((sum, state) => sum + progress[state], 0);
}

export type TourStage = 'prepared' | 'released' | 'walking' | 'complete';

/** How far a tour is, in one word. */
export function stageOf({ released_at, progress }: TourSummary): TourStage {
  const done = doneOf(progress);
  if (progress.meters > 0 && done === progress.meters) return 'complete';
  if (released_at === null) return 'prepared';
  return done > 0 ? 'walking' : 'released';
}

export type Tone = 'read' | 'manual' | 'implausible' | 'skipped' | 'key' | 'open';

const TONES: readonly { tone: Tone; states: readonly MeterState[] }[] = [
  { tone: 'read', states: ['read'] },
  { tone: 'manual', states: ['manual'] },
  { tone: 'skipped', states: ['skipped'] },
  { tone: 'implausible', states: ['implausible'] },
  { tone: 'key', states: ['heard_no_key', 'heard_wrong_key', 'heard_undecodable'] },
];

/** The stretches of a progress bar; what is missing stays empty. */
export function segmentsOf(progress: Progress): { tone: Tone; amount: number }[] {
  return TONES.map(({ tone, states }) => ({ tone, amount: states.reduce((sum, state) => sum + progress[state], 0) }));
}
