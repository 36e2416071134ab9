import { subtractDecimals, type MeterState } from '@walkby/ui';
import { DONE_STATES, type Handheld, type TourMeterDetail } from '../model';
import { omsExample, plainTelegram, thousandths, type Contents } from './telegrams';
import { emptyWorld, identity, type World, type WorldTour } from './world';

const DUE = '2026-10-31';
const MONTHS = ['2025-11-30', '2025-12-31', '2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30',
  '2026-05-31', '2026-06-30', '2026-07-31', '2026-08-31', '2026-09-30', '2026-10-31'];
const NAMES = ['Ahrens', 'Brandt', 'Czerny', 'Dahl', 'Ebert', 'Fuchs', 'Gross', 'Horn'];
const PLACES = ['kitchen', 'bathroom', 'cellar'];

/** The states of the lines of the tour that is being walked; what is not named is read. */
const STATES: Readonly<Record<number, MeterState>> = {
  5: 'manual', 9: 'skipped', 12: 'open', 14: 'heard_no_key', 17: 'implausible', 19: 'open', 22: 'manual',
  25: 'heard_wrong_key', 27: 'open', 30: 'skipped', 33: 'open', 34: 'heard_undecodable', 36: 'implausible',
  39: 'manual', 41: 'open', 44: 'skipped', 46: 'open', 47: 'open',
};
const ALARMS: Readonly<Record<number, string[]>> = {
  2: ['leak'], 11: ['low_battery'], 21: ['tamper', 'low_battery'], 38: ['leak'],
};

/** A server in the middle of its work: tours in every condition, handhelds that are behind, keys that fail. */
export function demoWorld(now: number): World {
  const world = emptyWorld();
  const ago = (hours: number): string => new Date(now - hours * 3_600_000).toISOString();

  const handheld = (number: number, facts: Partial<Handheld> & { name: string }): Handheld => ({
    replica: identity('replica', number),
    app_version: '0.1.0',
    paired_at: ago(24 * 40 + number),
    last_seen: null,
    last_push_at: null,
    sync_state: 'current',
    unpulled_changes: 0,
    waiting_items: 0,
    tours: [],
    clock_offset_ms: 120,
    revoked_at: null,
    ...facts,
  });
  world.handhelds = [
    handheld(1, { name: 'Anna Berger', last_seen: ago(0.2), last_push_at: ago(0.2) }),
    handheld(2, {
      name: 'Jonas Weiß', sync_state: 'behind', unpulled_changes: 3, waiting_items: 41,
      last_seen: ago(7), last_push_at: ago(31), clock_offset_ms: -64_000,
    }),
    handheld(3, { name: 'Ersatzgerät Keller', sync_state: 'silent', last_seen: ago(24 * 9), last_push_at: ago(24 * 9), waiting_items: null }),
    handheld(4, { name: 'M. Petrowa', sync_state: 'never', paired_at: ago(3), waiting_items: null, clock_offset_ms: null }),
    handheld(5, { name: 'Altes Tablet', sync_state: 'revoked', revoked_at: ago(24 * 12), last_seen: ago(24 * 13), last_push_at: ago(24 * 20) }),
  ];
  const [anna, jonas, spare] = world.handhelds.map((known) => known.replica) as [string, string, string];

  const walked = tour(1, 'Lindenstraße 2–8', ago(24 * 6), ago(24 * 5));
  walked.changed_at = ago(0.2);
  walked.handhelds.set(anna, { assigned: true, pulled_at: ago(30), pushed_at: ago(0.2) });
  walked.handhelds.set(jonas, { assigned: false, pulled_at: ago(50), pushed_at: ago(31) });
  for (let at = 0; at < 48; at += 1) addLine(world, walked, at, STATES[at] ?? 'read', ALARMS[at] ?? [], ago(2 + at / 10), 'Anna Berger');

  const prepared = tour(2, 'Hafenviertel, Block C', ago(4), null);
  for (let at = 0; at < 18; at += 1) addLine(world, prepared, at, 'open', [], ago(4), null);
  for (const at of [3, 4, 11, 16]) setKey(world, prepared, at, false);

  const done = tour(3, 'Gartenstadt Nord', ago(24 * 60), ago(24 * 58));
  done.handhelds.set(spare, { assigned: true, pulled_at: ago(24 * 57), pushed_at: ago(24 * 50) });
  for (let at = 0; at < 24; at += 1) addLine(world, done, at, at === 7 ? 'skipped' : 'read', at === 3 ? ['burst'] : [], ago(24 * 50), 'Ersatzgerät Keller');

  makeGasMeter(world, done);
  world.tours = [prepared, walked, done];
  setKey(world, walked, 14, false);
  for (const known of world.handhelds) {
    known.tours = world.tours
      .filter((candidate) => candidate.handhelds.get(known.replica)?.assigned)
      .map(({ id, name, lines }) => ({ id, name, missing: lines.filter((line) => !DONE_STATES.includes(line.state)).length }));
  }
  const acts: [number, string, string, string, string][] = [
    [0.2, `handheld ${anna}`, 'batch_merge', 'Lindenstraße 2–8', '212 telegrams, 3 events'],
    [3, 'admin', 'pairing_code', '', ''],
    [3, `handheld ${identity('replica', 4)}`, 'handheld_pair', 'M. Petrowa', ''],
    [4, 'admin', 'tour_create', 'Hafenviertel, Block C', '18 rows accepted, 0 refused'],
    [4.2, 'admin', 'login', '', ''],
    [4.3, 'admin', 'login_failed', '', '192.0.2.17'],
    [26, 'admin', 'export', 'Gartenstadt Nord', ''],
    [30, 'admin', 'key_import', '', '86 keys accepted, 2 refused; 118 telegrams decoded again'],
    [31, `handheld ${jonas}`, 'batch_merge', 'Lindenstraße 2–8', '96 telegrams'],
    [24 * 5, 'admin', 'tour_release', 'Lindenstraße 2–8', ''],
    [24 * 5, 'admin', 'tour_assign', 'Lindenstraße 2–8', 'Anna Berger'],
    [24 * 6, 'admin', 'tour_create', 'Lindenstraße 2–8', '48 rows accepted, 1 refused'],
    [24 * 12, 'admin', 'handheld_revoke', 'Altes Tablet', ''],
  ];
  world.audit = acts.map(([hours, actor, action, subject, detail], at) => ({
    number: acts.length - at, at: ago(hours), actor, action, subject, detail,
  }));
  return world;
}

function tour(number: number, name: string, createdAt: string, releasedAt: string | null): WorldTour {
  return {
    id: identity('tour', number), name, due_date: DUE, created_at: createdAt, released_at: releasedAt,
    changed_at: createdAt, handhelds: new Map(), lines: [], histories: new Map(),
  };
}

const STREETS: Readonly<Record<string, string>> = { 'Lindenstraße 2–8': 'Lindenstraße', 'Hafenviertel, Block C': 'Am Speicher' };

/** Adds a line in a given state, with the telegrams, readings and events that lead to it. */
export function addLine(
  world: World, tour: WorldTour, at: number, state: MeterState, alarms: string[], heardAt: string, reader: string | null,
): TourMeterDetail {
  const number = String(76_340_000 + world.tours.length * 1_000 + Number.parseInt(tour.id.slice(-2), 16) * 1_000 + at * 17);
  const perHouse = tour.name.startsWith('Lindenstraße') ? 12 : 6;
  const inHouse = at % perHouse;
  const before = 41_200 + at * 3_571;
  const consumed = state === 'implausible' ? -1_204 : 11_000 + ((at * 7_919) % 34_000);
  const line: TourMeterDetail = {
    id: identity(`line ${tour.id}`, at + 1),
    position: at + 1,
    site: tour.name,
    street: STREETS[tour.name] ?? 'Gartenweg',
    house: String(2 + Math.floor(at / perHouse) * 2),
    entrance: '',
    floor: String(Math.floor(inHouse / 3)),
    flat: `${Math.floor(inHouse / 3)}.${inHouse % 3 + 1}`,
    place: PLACES[at % 3] ?? '',
    name: NAMES[Math.floor(at / 3) % NAMES.length] ?? '',
    meter_number: number,
    radio_id: number,
    meter: `SEN-${number}-68-07`,
    medium: at % 3 === 1 ? 'hot water' : 'cold water',
    has_key: true,
    state: 'open',
    reason: null,
    value: null,
    unit: 'm³',
    value_kind: null,
    value_date: null,
    previous_value: thousandths(before),
    previous_date: '2025-10-31',
    consumption: null,
    alarms: [],
    read_at: null,
    handheld: null,
    telegram: null,
    times_heard: 0,
    low: thousandths(before),
    high: thousandths(before + 60_000),
    due_date: tour.due_date,
    factor: null,
    digits: 8,
    sends: at % 12 === 0 ? 'Mon-Fri 08-18' : null,
    note: at === 8 ? 'Ring at the caretaker’s, flat 0.1' : '',
    customer_ref: `K-${10_400 + at}`,
    account_ref: '',
    extra: at === 0 ? { zone: '7' } : {},
    readings: [],
    telegrams: [],
    events: [],
    alarm_details: [],
    past_alarms: [],
  };
  tour.lines.push(line);
  tour.histories.set(line.id, [{
    quantity: 'volume', unit: 'm³',
    points: [{ date: '2025-10-31', value: thousandths(before), kind: 'previous', telegram: null }],
  }]);
  world.keys.push({
    identification_number: number, meter: null, imported_at: tour.created_at, state: 'unused', lines: 1, last_used_at: null,
  });
  if (reader !== null) settle(world, tour, line, state, { before, consumed, alarms, heardAt, reader });
  return line;
}

interface Settlement {
  before: number;
  consumed: number;
  alarms: string[];
  heardAt: string;
  reader: string;
}

/** Brings a line into a state as a handheld's batch would. */
function settle(world: World, tour: WorldTour, line: TourMeterDetail, state: MeterState, facts: Settlement): void {
  const { before, consumed, alarms, heardAt, reader } = facts;
  line.state = state;
  if (state === 'open') return;
  line.handheld = reader;
  line.read_at = heardAt;
  if (state === 'skipped') {
    line.reason = 'no_access';
    line.events.push(event(line, 'skip', heardAt, reader, { reason: 'no_access', note: 'Nobody at home, card left' }));
    return;
  }
  const due = before + consumed;
  if (state === 'manual') {
    line.value = thousandths(due);
    line.value_kind = 'manual';
    line.reason = 'above_high';
    line.value_date = heardAt.slice(0, 10);
    line.consumption = subtractDecimals(line.value, thousandths(before)) ?? null;
    line.events.push(event(line, 'manual_reading', heardAt, reader, { value: line.value, unit: 'm³', reason: 'not_heard', confirmed: ['above_high'] }));
    line.readings.push({
      quantity: 'volume', value: line.value, text: null, unit: 'm³', storage: 0, tariff: 0, subunit: 0, function: 'instantaneous',
      value_date: line.value_date, value_kind: 'manual', read_at: heardAt, method: 'manual', telegram: null, decoder_version: null,
    });
    tour.histories.get(line.id)?.[0]?.points.push({ date: line.value_date, value: line.value, kind: 'manual', telegram: null });
    return;
  }
  const now = due + Math.round(consumed / 18);
  const reason = ({ heard_no_key: 'no_key', heard_wrong_key: 'wrong_key', heard_undecodable: 'not_decodable' } as Partial<Record<MeterState, string>>)[state] ?? null;
  const telegramId = telegramIdOf(line);
  const contents: Contents = reason === null
    ? plainTelegram({
        id: telegramId, identificationNumber: line.meter_number, accessNumber: line.position + 20, litres: now,
        dueDate: DUE, dueLitres: due, leak: alarms.includes('leak'),
      })
    : omsExample(reason === 'wrong_key' ? 'wrong_key' : 'no_key');
  world.telegrams.set(telegramId, {
    id: telegramId, meter: line.meter, received_at: heardAt, ...contents,
    receptions: [0, 16, 32].map((seconds, at) => ({
      received_at: new Date(Date.parse(heardAt) + seconds * 1000).toISOString(),
      time_source: at === 2 ? 'handheld' : 'receiver', handheld: reader, receiver: 'iU891A', link_mode: 'T1', rssi_dbm: -84 + at * 6,
    })),
    warnings: reason === 'not_decodable' ? ['compact frame: its format is not known yet'] : [],
    warning_codes: reason === 'not_decodable' ? ['format_unknown'] : [],
  });
  line.telegram = telegramId;
  line.times_heard = 3;
  line.reason = state === 'implausible' ? 'below_previous' : reason;
  line.telegrams.push({
    id: telegramId, content: contents.content, reason, first_at: heardAt, receptions: 3, best_rssi_dbm: -72, link_mode: 'T1', handhelds: [reader],
  });
  const key = world.keys.find((known) => known.identification_number === line.meter_number);
  if (key !== undefined) {
    key.state = state === 'heard_wrong_key' ? 'wrong' : 'works';
    key.last_used_at = key.state === 'works' ? heardAt : null;
    key.meter = line.meter;
  }
  if (reason !== null) return;

  line.value = thousandths(due);
  line.value_kind = 'due_date';
  line.value_date = DUE;
  line.consumption = subtractDecimals(line.value, thousandths(before)) ?? null;
  line.alarms = alarms;
  line.alarm_details = alarms.map((code) => ({ code, since: '2026-11-02', until: null, telegram: telegramId }));
  const common = { text: null, unit: 'm³', tariff: 0, subunit: 0, function: 'instantaneous', read_at: heardAt, method: 'radio' as const, telegram: telegramId, decoder_version: 1 };
  line.readings.push(
    { quantity: 'volume', value: thousandths(now), storage: 0, value_date: null, value_kind: 'current', ...common },
    { quantity: 'volume', value: line.value, storage: 1, value_date: DUE, value_kind: 'due_date', ...common },
    { quantity: 'operating_time', value: '1203', storage: 0, value_date: null, value_kind: 'current', ...common, unit: 'd' },
  );
  const points = tour.histories.get(line.id)?.[0]?.points;
  MONTHS.forEach((date, month) => {
    const share = before + Math.round((consumed * (month + 1)) / MONTHS.length);
    points?.push({ date, value: thousandths(share), kind: date === DUE ? 'due_date' : 'month', telegram: telegramId });
  });
}

/** Lets a handheld read an open line, as a walk does. */
export function readLine(world: World, tour: WorldTour, line: TourMeterDetail, heardAt: string, reader: string): void {
  const at = line.position - 1;
  settle(world, tour, line, 'read', {
    before: 41_200 + at * 3_571, consumed: 11_000 + ((at * 7_919) % 34_000), alarms: [], heardAt, reader,
  });
}

function event(
  line: TourMeterDetail, kind: 'skip' | 'manual_reading', at: string, handheld: string,
  facts: Partial<TourMeterDetail['events'][number]>,
): TourMeterDetail['events'][number] {
  return {
    id: identity(`event ${kind} ${line.id}`, line.events.length), kind, at, handheld, value: null, unit: null,
    reason: null, confirmed: [], note: null, superseded_by: null, ...facts,
  };
}

function telegramIdOf(line: TourMeterDetail): string {
  const seed = line.id.replaceAll('-', '');
  return (seed + line.meter_number + seed).padEnd(64, '0').slice(0, 64);
}

/** Puts the gas meter of OMS Volume 2, Annex N in the place of a line: its telegram is encrypted. */
function makeGasMeter(world: World, tour: WorldTour): void {
  const line = tour.lines[5];
  const telegram = world.telegrams.get(line?.telegram ?? '');
  if (line === undefined || telegram === undefined) return;
  const meter = 'ELS-12345678-33-03';
  const facts = { meter_number: '12345678', radio_id: '12345678', meter, medium: 'gas', previous_value: '27911.40', low: '27911.40', high: '29500.00' };
  Object.assign(line, facts, { value: '28504.27', value_kind: 'current', value_date: null, consumption: '592.87' });
  line.readings = line.readings.slice(0, 1).map((reading) => ({ ...reading, value: '28504.27' }));
  tour.histories.set(line.id, []);
  world.telegrams.set(telegram.id, { ...telegram, ...omsExample(null), meter });
}

/** Takes away or gives the key of a line. */
function setKey(world: World, tour: WorldTour, at: number, hasKey: boolean): void {
  const line = tour.lines[at];
  if (line === undefined) return;
  line.has_key = hasKey;
  if (!hasKey) world.keys = world.keys.filter((key) => key.identification_number !== line.meter_number);
}
