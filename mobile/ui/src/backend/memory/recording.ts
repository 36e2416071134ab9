import type { DemoTour } from './demo';
import { seeded, shuffled } from './random';

/** One frame of a recorded walk. */
export interface RecordedFrame {
  /** The line of the tour whose meter sends; null for a meter of somebody else. */
  readonly line: string | null;
  /** Checksums do not fit: heard, but nothing to be made of it. */
  readonly damaged: boolean;
  readonly rssi_dbm: number;
  readonly link_mode: string;
}

/**
 * A walk through a tour as it could have been recorded: each meter that sends is heard up to three times, in an
 * order that mixes the floors; between them come the meters of the neighbours.
 */
export function recordingOf(tour: DemoTour, seed: number): RecordedFrame[] {
  const random = seeded(seed);
  const frames: RecordedFrame[] = [];
  const heard = (line: string | null, damaged: boolean): RecordedFrame => ({
    line,
    damaged,
    rssi_dbm: -52 - Math.floor(random() * 44),
    link_mode: random() < 0.5 ? 'T1' : 'C1',
  });
  for (const { id, fate } of tour.lines) {
    if (fate === 'silent' || fate === 'no_radio') continue;
    const repetitions = fate === 'damaged' ? 3 : 1 + Math.floor(random() * 3);
    for (let time = 0; time < repetitions; time += 1) frames.push(heard(id, fate === 'damaged'));
    if (random() < 0.4) frames.push(heard(null, false));
  }
  // The first hearing of each meter stays near its place in the tour, as it does for one who walks.
  const stride = 12;
  const walked: RecordedFrame[] = [];
  for (let begin = 0; begin < frames.length; begin += stride) {
    walked.push(...shuffled(frames.slice(begin, begin + stride), random));
  }
  return walked;
}
