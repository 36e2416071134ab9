import { machineClock } from './clock';
import { demoTour, largeTour } from './demo';
import { MemoryBackend, type Options } from './engine';

export const DEFAULTS: Options = {
  clock: machineClock,
  tours: [demoTour()],
  seed: 7,
  paired: false,
  assigned: true,
  openWalk: null,
  heardBefore: 0,
  commitEvery: 100,
  framesPerCommit: 1,
  answerAfter: 300,
  failures: {},
};

const RECEIVER_STATES = ['overloaded', 'nothing_heard', 'lost'] as const;

/**
 * A backend as the address asks for it, such as `?paired&walk=0.5&exchange=unreachable`:
 * - `paired`; `unassigned` (the office has no tour for it); `large` (5,000 meters besides); `walk=SHARE` (a walk that was open);
 * - `commit=MS`, `frames=N`, `answer=MS` (speed);
 * - `open=CODE`, `pair=CODE`, `exchange=CODE`, `failwalk=CODE` (failures, comma-separated, one for each attempt);
 * - `receiver=STATE`.
 */
export function memoryFrom(query: string): MemoryBackend {
  const asked = new URLSearchParams(query);
  const codes = (name: string): string[] => asked.get(name)?.split(',') ?? [];
  const number = (name: string, usual: number): number => (asked.has(name) ? Number(asked.get(name)) : usual);
  const receiver = RECEIVER_STATES.find((state) => state === asked.get('receiver'));
  const demo = demoTour();
  return new MemoryBackend({
    ...DEFAULTS,
    tours: asked.has('large') ? [demo, largeTour(5000, 11)] : [demo],
    paired: asked.has('paired'),
    assigned: !asked.has('unassigned'),
    openWalk: asked.has('walk') ? demo.id : null,
    heardBefore: number('walk', 0),
    commitEvery: number('commit', DEFAULTS.commitEvery),
    framesPerCommit: number('frames', DEFAULTS.framesPerCommit),
    answerAfter: number('answer', DEFAULTS.answerAfter),
    failures: {
      open: codes('open'),
      pair: codes('pair'),
      exchange: codes('exchange'),
      walk: codes('failwalk'),
      ...(receiver === undefined ? {} : { receiver }),
    },
  });
}
