import { METER_STATES, type TelegramExplanation } from '@walkby/ui';
import type { MeterDetail, MeterEvent, MeterRow, MeterTelegram, MeterValue, Progress, Why } from '../model';
import type { Line } from './line';
import { judge } from './plausibility';
import { bcd, OMS_EXAMPLE, typeG, write, type Entry } from './telegram';
import { sendsAt } from './window';

/** What came of a line so far. Replaced, never changed. */
export interface Heard {
  readonly times: number;
  readonly damaged: number;
  readonly lastAt: string | null;
  readonly rssi: number | null;
  readonly linkMode: string | null;
  readonly events: readonly MeterEvent[];
}

export const NOTHING_HEARD: Heard = { times: 0, damaged: 0, lastAt: null, rssi: null, linkMode: null, events: [] };

/** Demonstration meters keep Central European standard time. */
const STANDARD_OFFSET_MINUTES = 60;

const standing = (heard: Heard, kind: MeterEvent['kind']): MeterEvent | undefined =>
  heard.events.find((event) => event.kind === kind && !event.superseded);

/** The state of a line and why. What the reader typed last stands above what the radio says. */
function stateOf(line: Line, heard: Heard, now: number): { state: MeterRow['state']; why: Why } {
  const manual = standing(heard, 'manual_reading');
  if (manual !== undefined) return { state: 'manual', why: { code: 'read_by_hand' } };
  if (heard.times > 0) {
    switch (line.fate) {
      case 'no_key':
        return { state: 'heard_no_key', why: { code: 'no_key' } };
      case 'wrong_key':
        return { state: 'heard_wrong_key', why: { code: 'wrong_key' } };
      default: {
        const [verdict] = judge(line.due_value, line);
        if (verdict !== undefined) return { state: 'implausible', why: { code: 'implausible', verdict } };
        return { state: 'read', why: { code: 'read_by_radio', kind: 'due_date', date: line.due_date } };
      }
    }
  }
  const skip = standing(heard, 'skip');
  if (skip !== undefined) return { state: 'skipped', why: { code: 'skipped', reason: skip.reason ?? 'other' } };
  if (heard.damaged > 0) return { state: 'heard_undecodable', why: { code: 'damaged', times: heard.damaged } };
  if (line.radio_id === null) return { state: 'open', why: { code: 'no_radio' } };
  if (line.window !== null && !sendsAt(line.window, now, STANDARD_OFFSET_MINUTES)) {
    return { state: 'open', why: { code: 'outside_window', window: line.window } };
  }
  return { state: 'open', why: { code: 'not_heard_yet' } };
}

const decoded = (state: MeterRow['state'], line: Line, heard: Heard): boolean =>
  heard.times > 0 && (state === 'read' || state === 'implausible' || (state === 'manual' && ['reads', 'implausible'].includes(line.fate)));

/** The line as the list shows it. */
export function rowOf(line: Line, heard: Heard, now: number): MeterRow {
  const { state, why } = stateOf(line, heard, now);
  const manual = standing(heard, 'manual_reading');
  const radio = decoded(state, line, heard);
  return {
    id: line.id,
    position: line.position,
    street: line.street,
    house: line.house,
    entrance: line.entrance,
    floor: line.floor,
    flat: line.flat,
    place: line.place,
    name: line.name,
    meter_number: line.meter_number,
    radio_id: line.radio_id,
    manufacturer: line.measure.manufacturer,
    medium: line.measure.medium,
    state,
    why,
    last_heard_at: heard.lastAt,
    times_heard: heard.times + heard.damaged,
    rssi_dbm: heard.rssi,
    value: manual?.value ?? (radio ? line.due_value : null),
    unit: line.measure.unit,
    alarms: radio ? line.alarms.map(({ code }) => code) : [],
    note: line.note,
  };
}

/** The name under which the telegram of a line is kept. */
const telegramOf = (line: Line): string => `telegram-of-${line.id}`;

/** The line with all that is known of it. */
export function detailOf(tour: string, line: Line, heard: Heard, now: number): MeterDetail {
  const row = rowOf(line, heard, now);
  const radio = decoded(row.state, line, heard);
  const { quantity, unit } = line.measure;
  const value = (kind: MeterValue['kind'], text: string, date: string): MeterValue => ({
    kind,
    quantity,
    value: text,
    unit,
    date,
    telegram: kind === 'manual' ? null : telegramOf(line),
  });
  const values: MeterValue[] = [];
  const manual = standing(heard, 'manual_reading');
  if (manual?.value != null) values.push(value('manual', manual.value, manual.at.slice(0, 10)));
  if (radio) {
    values.push(value('due_date', line.due_value, line.due_date));
    for (const month of [...line.months].reverse()) values.push(value('month', month.value, month.date));
    values.push(value('current', line.current_value, (heard.lastAt ?? '').slice(0, 10)));
  }
  const history: MeterDetail['history'] = line.earlier.map((point) => ({ ...point, kind: 'previous' }));
  if (radio) {
    history.push(...line.months.map((point) => ({ ...point, kind: 'month' as const })));
    history.push({ date: line.due_date, value: line.due_value, kind: 'due_date' });
  }
  if (manual?.value != null) history.push({ date: manual.at.slice(0, 10), value: manual.value, kind: 'manual' });
  return {
    ...row,
    tour,
    customer_ref: `C-${String(10_000 + line.position)}`,
    account_ref: '',
    due_date: line.due_date,
    previous_value: line.previous_value,
    previous_date: line.previous_date,
    low: line.low,
    high: line.high,
    digits: line.digits,
    extra: { ...line.extra },
    values,
    alarm_details: radio ? [...line.alarms] : [],
    past_alarms: [],
    history,
    events: [...heard.events].reverse(),
    telegrams: telegramsOf(line, heard, row),
  };
}

function telegramsOf(line: Line, heard: Heard, row: MeterRow): MeterTelegram[] {
  if (heard.times === 0 || heard.lastAt === null) return [];
  const outcome = line.fate === 'no_key' || line.fate === 'wrong_key' ? line.fate : 'records';
  return [
    {
      id: telegramOf(line),
      last_heard_at: heard.lastAt,
      times_heard: heard.times,
      rssi_dbm: row.rssi_dbm,
      link_mode: heard.linkMode,
      outcome,
    },
  ];
}

/** The telegram that the meter of a line sends, explained. */
export function explanationOf(line: Line): TelegramExplanation {
  if (line.published) return OMS_EXAMPLE;
  const { measure } = line;
  const digits = (text: string): string => text.replace('.', '');
  const value = (storage: number, text: string): Entry => ({
    dib: storage === 0 ? '0C' : '4C',
    vib: measure.vib,
    data: bcd(digits(text), 4),
    storage,
    quantity: measure.quantity,
    value: `${text} ${measure.unit}`,
  });
  const date: Entry = { dib: '42', vib: '6C', data: typeG(line.due_date), storage: 1, quantity: 'date', value: line.due_date };
  const flags: Entry = {
    dib: '02',
    vib: 'FD17',
    data: line.alarms.length === 0 ? '0000' : '0100',
    storage: 0,
    quantity: 'error_flags',
    value: line.alarms.length === 0 ? '0' : '1',
  };
  return write({
    manufacturer: measure.manufacturer,
    radioId: line.radio_id ?? '00000000',
    version: measure.version,
    deviceType: measure.deviceType,
    accessNumber: line.position & 0xff,
    status: line.alarms.length === 0 ? 0 : 0x04,
    records: [value(0, line.current_value), value(1, line.due_value), date, flags],
  });
}

/** Counts the rows by state. */
export function progressOf(rows: Iterable<MeterRow>): Progress {
  const progress = { meters: 0, ...Object.fromEntries(METER_STATES.map((state) => [state, 0])) } as Progress;
  for (const { state } of rows) {
    progress.meters += 1;
    progress[state] += 1;
  }
  return progress;
}
