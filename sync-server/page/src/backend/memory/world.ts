import { METER_STATES, type Instant, type LocalDate } from '@walkby/ui';
import {
  DONE_STATES,
  type AuditEntry,
  type Handheld,
  type HouseProgress,
  type KeyCounts,
  type KeyLine,
  type HistorySeries,
  type Progress,
  type ReplicaId,
  type TelegramDetail,
  type TelegramId,
  type TourId,
  type TourMeterDetail,
  type TourMeterRow,
  type TourSummary,
} from '../model';

/** A tour as the memory keeps it; what the page sees is counted from its lines. */
export interface WorldTour {
  id: TourId;
  name: string;
  due_date: LocalDate | null;
  created_at: Instant;
  released_at: Instant | null;
  changed_at: Instant;
  handhelds: Map<ReplicaId, { assigned: boolean; pulled_at: Instant | null; pushed_at: Instant | null }>;
  lines: TourMeterDetail[];
  histories: Map<string, HistorySeries[]>;
}

/** Everything that the server in memory holds. */
export interface World {
  tours: WorldTour[];
  handhelds: Handheld[];
  keys: KeyLine[];
  telegrams: Map<TelegramId, TelegramDetail>;
  audit: AuditEntry[];
}

export function emptyWorld(): World {
  return { tours: [], handhelds: [], keys: [], telegrams: new Map(), audit: [] };
}

/** Makes an identity that is the same in every run. */
export function identity(kind: string, number: number): string {
  const tail = [...kind].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 0xffff, 7);
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  return `0190a000-0000-7000-8000-${hex(tail, 4)}${hex(number, 8)}`;
}

export function progressOf(lines: readonly TourMeterRow[]): Progress {
  const progress = { meters: lines.length } as Progress;
  for (const state of METER_STATES) progress[state] = lines.filter((line) => line.state === state).length;
  return progress;
}

export function summaryOf(tour: WorldTour, handhelds: readonly Handheld[]): TourSummary {
  return {
    id: tour.id,
    name: tour.name,
    due_date: tour.due_date,
    created_at: tour.created_at,
    released_at: tour.released_at,
    handhelds: [...tour.handhelds].map(([replica, link]) => ({
      replica,
      name: handhelds.find((handheld) => handheld.replica === replica)?.name ?? '',
      ...link,
    })),
    progress: progressOf(tour.lines),
    missing_keys: tour.lines.filter((line) => !line.has_key).length,
    alarms: tour.lines.filter((line) => line.alarms.length > 0).length,
    changed_at: tour.changed_at,
  };
}

export function housesOf(lines: readonly TourMeterRow[]): HouseProgress[] {
  const houses = new Map<string, HouseProgress>();
  for (const line of lines) {
    const name = `${line.street} ${line.house}`;
    const house = houses.get(name) ?? { street: line.street, house: line.house, meters: 0, done: 0 };
    house.meters += 1;
    if (DONE_STATES.includes(line.state)) house.done += 1;
    houses.set(name, house);
  }
  return [...houses.values()];
}

export function keyCounts(keys: readonly KeyLine[]): KeyCounts {
  const count = (state: string): number => keys.filter((key) => key.state === state).length;
  return { all: keys.length, works: count('works'), wrong: count('wrong'), unused: count('unused') };
}

/** The members of a line that a list shows. */
const ROW_MEMBERS = [
  'id', 'position', 'site', 'street', 'house', 'entrance', 'floor', 'flat', 'place', 'name', 'meter_number', 'radio_id', 'meter',
  'medium', 'has_key', 'state', 'reason', 'value', 'unit', 'value_kind', 'value_date', 'previous_value', 'previous_date',
  'consumption', 'alarms', 'read_at', 'handheld', 'telegram', 'times_heard',
] as const satisfies readonly (keyof TourMeterRow)[];

/** What a list shows of a line. */
export function rowOf(line: TourMeterDetail): TourMeterRow {
  return Object.fromEntries(ROW_MEMBERS.map((member) => [member, line[member]])) as unknown as TourMeterRow;
}
