import { METER_STATES, type MeterState } from '@walkby/ui';
import type { MeterRow, Progress } from '../backend/model';

/** What is to be seen of a tour. */
export interface Filter {
  /** Words, all of which must occur in the place, the name or a number. */
  readonly text: string;
  /** As `houseOf` names it; empty for every house. */
  readonly house: string;
  /** Empty for every state. */
  readonly states: readonly MeterState[];
}

export const NO_FILTER: Filter = { text: '', house: '', states: [] };

/** One line on the screen: a house, or a meter in it. */
export type Item =
  | { readonly kind: 'house'; readonly key: string; readonly house: string; readonly done: boolean; readonly count: number }
  | { readonly kind: 'meter'; readonly key: string; readonly row: MeterRow };

export const HOUSE_HEIGHT = 52;
export const METER_HEIGHT = 96;

const DONE: readonly MeterState[] = ['read', 'manual', 'skipped'];

/** Whether nothing is left to do at a meter of this state. */
export function isDone(state: MeterState): boolean {
  return DONE.includes(state);
}

/** How many meters are done, and how many are missing. */
export function countsOf(progress: Progress): { readonly done: number; readonly missing: number } {
  const done = DONE.reduce((sum, state) => sum + progress[state], 0);
  return { done, missing: progress.meters - done };
}

type Address = Pick<MeterRow, 'street' | 'house' | 'entrance'>;

/** Rows never change, they are replaced: what was found out about one stays true of it. */
const houses = new WeakMap<Address, string>();

/** A house as the reader knows it: `Lindenstraße 4`. */
export function houseOf(row: Address): string {
  let house = houses.get(row);
  if (house === undefined) {
    house = [row.street, row.house, row.entrance].filter((part) => part !== '').join(' ');
    houses.set(row, house);
  }
  return house;
}

/** The houses of a tour in walking order. */
export function housesOf(rows: readonly MeterRow[]): string[] {
  return [...new Set(rows.map(houseOf))];
}

/** The states that occur, in the order of the catalogue. */
export function statesOf(progress: Progress): MeterState[] {
  return METER_STATES.filter((state) => progress[state] > 0);
}

/** Whether anything is filtered away. */
export function isFiltering(filter: Filter): boolean {
  return filter.text.trim() !== '' || filter.house !== '' || filter.states.length > 0;
}

/** Text as it is compared: `LINDENSTRASSE`, `Lindenstraße` and `lindenstrasse` are the same. */
function folded(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '');
}

/** From so many characters on, a word is also sought inside the meter's numbers. */
const PART_OF_NUMBER = 4;

/**
 * The rows that a filter lets through, in their order. A word of the search begins a word of the place or the
 * name, so that `linden 6` finds the house and not every number with a 6 in it.
 */
export function filtered(rows: readonly MeterRow[], filter: Filter): MeterRow[] {
  const sought = folded(filter.text).split(/\s+/).filter((word) => word !== '');
  return rows.filter((row) => {
    if (filter.states.length > 0 && !filter.states.includes(row.state)) return false;
    if (filter.house !== '' && houseOf(row) !== filter.house) return false;
    if (sought.length === 0) return true;
    const words = folded([row.street, row.house, row.entrance, row.name, row.flat, row.place].join(' ')).split(/\s+/);
    const numbers = folded(`${row.meter_number} ${row.radio_id ?? ''}`);
    return sought.every(
      (word) => words.some((begin) => begin.startsWith(word)) || (word.length >= PART_OF_NUMBER && numbers.includes(word)),
    );
  });
}

/** The list on the screen: what is missing comes first, both parts in walking order and under their houses. */
export function itemsOf(rows: readonly MeterRow[]): Item[] {
  return [
    ...grouped(rows.filter((row) => !isDone(row.state)), false),
    ...grouped(rows.filter((row) => isDone(row.state)), true),
  ];
}

function grouped(rows: readonly MeterRow[], done: boolean): Item[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const house = houseOf(row);
    counts.set(house, (counts.get(house) ?? 0) + 1);
  }
  const items: Item[] = [];
  let house = '';
  for (const row of rows) {
    const here = houseOf(row);
    if (here !== house) {
      house = here;
      // A walking order may come back to a house; its key must still be its own.
      items.push({ kind: 'house', key: `${done ? 'done' : 'missing'} ${here} before ${row.id}`, house, done, count: counts.get(here) ?? 0 });
    }
    items.push({ kind: 'meter', key: row.id, row });
  }
  return items;
}
