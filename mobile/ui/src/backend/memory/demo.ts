import type { SendingWindow } from '../model';
import { decimal, MEASURES, type Fate, type Line, type Measure } from './line';
import { seeded } from './random';

/** A tour of the demonstration. */
export interface DemoTour {
  readonly id: string;
  readonly name: string;
  readonly due_date: string;
  readonly lines: readonly Line[];
}

const DUE = '2026-10-31';
const PREVIOUS = '2025-10-31';
const MONTHS = ['2026-07-31', '2026-08-31', '2026-09-30'];
const WORKDAYS: SendingWindow = { first_day: 1, last_day: 5, from_hour: 8, to_hour: 18 };

type Kind = keyof typeof MEASURES;

interface Sketch {
  house: string;
  floor: string;
  flat: string;
  place: string;
  kind: Kind;
  /** The due-date value without its decimal mark, and the use of the year before it. */
  value: number;
  use: number;
  name?: string;
  street?: string;
  entrance?: string;
  fate?: Fate;
  window?: SendingWindow;
  alarm?: { code: string; since: string };
  note?: string;
  published?: boolean;
}

const LINDEN = 'Lindenstraße';

/** Two houses, eight flats: every state that a meter can come to, and every reason for it. */
const SKETCHES: readonly Sketch[] = [
  { house: '4', floor: '0', flat: '0.1', place: 'kitchen', kind: 'cold', value: 123529, use: 25429, name: 'Albers' },
  { house: '4', floor: '0', flat: '0.1', place: 'bathroom', kind: 'hot', value: 61204, use: 13877, name: 'Albers' },
  { house: '4', floor: '0', flat: '0.2', place: 'kitchen', kind: 'cold', value: 88011, use: 31220, name: 'Brandt', alarm: { code: 'leak', since: '2026-11-02' } },
  { house: '4', floor: '0', flat: '0.2', place: 'bathroom', kind: 'hot', value: 40512, use: 9731, name: 'Brandt' },
  { house: '4', floor: '1', flat: '1.1', place: 'living room', kind: 'allocator', value: 1382, use: 640, name: 'Celik' },
  { house: '4', floor: '1', flat: '1.1', place: 'bedroom', kind: 'allocator', value: 411, use: 188, name: 'Celik' },
  { house: '4', floor: '1', flat: '1.1', place: 'bathroom', kind: 'hot', value: 52110, use: 12044, name: 'Celik', window: WORKDAYS, fate: 'silent' },
  { house: '4', floor: '1', flat: '1.2', place: 'kitchen', kind: 'cold', value: 140882, use: 40127, name: 'Dahl', fate: 'no_key' },
  { house: '4', floor: '1', flat: '1.2', place: 'bathroom', kind: 'hot', value: 77310, use: 20911, name: 'Dahl', note: 'Behind the washing machine. Ring twice.' },
  { house: '4', floor: '2', flat: '2.1', place: 'kitchen', kind: 'cold', value: 64118, use: 18330, name: 'Ebert' },
  { house: '4', floor: '2', flat: '2.1', place: 'bathroom', kind: 'hot', value: 30991, use: 8216, name: 'Ebert', fate: 'wrong_key' },
  { house: '4', floor: '-1', flat: '', place: 'heating cellar', kind: 'heat', value: 184022, use: 41877 },
  { house: '4', floor: '-1', flat: '', place: 'house connection', kind: 'gas', value: 2850427, use: 410233, published: true },
  { house: '6', floor: '0', flat: '0.1', place: 'kitchen', kind: 'cold', value: 97005, use: 22118, name: 'Fischer' },
  { house: '6', floor: '0', flat: '0.1', place: 'bathroom', kind: 'hot', value: 45870, use: 11090, name: 'Fischer', alarm: { code: 'low_battery', since: '2026-09-14' } },
  { house: '6', floor: '0', flat: '0.2', place: 'kitchen', kind: 'cold', value: 71240, use: -2310, name: 'Gerlach', fate: 'implausible' },
  { house: '6', floor: '0', flat: '0.2', place: 'bathroom', kind: 'hot', value: 38004, use: 9011, name: 'Gerlach' },
  { house: '6', floor: '1', flat: '1.1', place: 'living room', kind: 'allocator', value: 905, use: 412, name: 'Haas' },
  { house: '6', floor: '1', flat: '1.1', place: 'bedroom', kind: 'allocator', value: 288, use: 130, name: 'Haas', fate: 'damaged' },
  { house: '6', floor: '1', flat: '1.2', place: 'kitchen', kind: 'cold', value: 118450, use: 27745, name: 'Iwanow' },
  { house: '6', floor: '1', flat: '1.2', place: 'bathroom', kind: 'hot', value: 66120, use: 15502, name: 'Iwanow', fate: 'silent', note: 'Beware of the dog.' },
  { house: '6', floor: '2', flat: '2.1', place: 'kitchen', kind: 'cold', value: 53377, use: 14906, name: 'Jansen' },
  { house: '6', floor: '2', flat: '2.1', place: 'bathroom', kind: 'hot', value: 27716, use: 7430, name: 'Jansen' },
  { house: '6', floor: '-1', flat: '', place: 'garden tap', kind: 'cold', value: 9120, use: 3071, fate: 'no_radio' },
];

/** A line from a sketch; what the sketch leaves out follows from it. */
function lineOf(sketch: Sketch, position: number, id: string, radioId: string): Line {
  const measure: Measure = MEASURES[sketch.kind];
  const { value, use, published = false } = sketch;
  const amount = Math.abs(use);
  const before = value - use;
  const at = (mantissa: number): string => decimal(mantissa, measure.places);
  return {
    id,
    position,
    street: sketch.street ?? LINDEN,
    house: sketch.house,
    entrance: sketch.entrance ?? '',
    floor: sketch.floor,
    flat: sketch.flat,
    place: sketch.place,
    name: sketch.name ?? '',
    meter_number: published ? '12345678' : radioId,
    radio_id: sketch.fate === 'no_radio' ? null : published ? '12345678' : radioId,
    measure,
    due_date: DUE,
    due_value: at(value),
    current_value: at(value + amount / 18),
    previous_value: at(before),
    previous_date: PREVIOUS,
    low: at(before + amount / 4),
    high: at(before + amount * 2.5),
    digits: 5 + Number(measure.places === 0),
    months: MONTHS.map((date, index) => ({ date, value: at(value - (use / 12) * (MONTHS.length - index)) })),
    earlier: [
      { date: '2023-10-31', value: at(before - amount * 0.86) },
      { date: '2024-10-31', value: at(before - amount * 0.45) },
      { date: PREVIOUS, value: at(before) },
    ],
    window: sketch.window ?? null,
    alarms: sketch.alarm === undefined ? [] : [{ ...sketch.alarm, until: null }],
    note: sketch.note ?? '',
    extra: { zone: '7' },
    fate: sketch.fate ?? 'reads',
    published,
  };
}

/** The tour of 24 meters on which everything can be seen. */
export function demoTour(): DemoTour {
  const lines = SKETCHES.map((sketch, index) => lineOf(sketch, index + 1, `line-${String(index + 1)}`, String(76349987 + index * 1313)));
  return { id: 'tour-linden', name: 'Lindenstraße 2026', due_date: DUE, lines };
}

const STREETS = ['Ahornweg', 'Birkenallee', 'Lindenstraße', 'Marktplatz', 'Uferpromenade'];
const PLACES: readonly (readonly [string, Kind])[] = [
  ['kitchen', 'cold'],
  ['bathroom', 'hot'],
  ['living room', 'allocator'],
  ['bedroom', 'allocator'],
];

/** A tour of any size, the same for the same seed. */
export function largeTour(meters: number, seed: number): DemoTour {
  const random = seeded(seed);
  const lines: Line[] = [];
  for (let index = 0; index < meters; index += 1) {
    const flat = Math.floor(index / PLACES.length);
    const house = Math.floor(flat / 10);
    const [place, kind] = PLACES[index % PLACES.length] ?? ['kitchen', 'cold'];
    const floor = Math.floor((flat % 10) / 2);
    const use = 400 + Math.floor(random() * 30_000);
    const sketch: Sketch = {
      street: STREETS[Math.floor(house / 25) % STREETS.length] ?? LINDEN,
      house: String((house % 25) * 2 + 1),
      floor: String(floor),
      flat: `${String(floor)}.${String((flat % 2) + 1)}`,
      place,
      kind,
      value: use * (2 + Math.floor(random() * 4)),
      use,
      fate: random() < 0.03 ? 'silent' : 'reads',
    };
    lines.push(lineOf(sketch, index + 1, `large-${String(index + 1)}`, String(40_000_000 + index)));
  }
  return { id: 'tour-large', name: 'Altstadt 2026', due_date: DUE, lines };
}
