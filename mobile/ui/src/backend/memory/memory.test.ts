import { beforeEach, describe, expect, test } from 'vitest';
import type { BackendEvent, MeterRow } from '../model';
import { BackendError } from '../problem';
import { DEFAULTS } from '.';
import { StandingClock } from './clock';
import { demoTour, largeTour } from './demo';
import { MemoryBackend, type Options } from './engine';
import { DEMO_CODE } from './server';

const SATURDAY = Date.parse('2026-11-21T08:12:00Z');
const MONDAY = Date.parse('2026-11-23T08:12:00Z');
const TOUR = 'tour-linden';

let clock: StandingClock;
let events: BackendEvent[];

function make(options: Partial<Options> = {}, at = SATURDAY): MemoryBackend {
  clock = new StandingClock(at);
  events = [];
  const backend = new MemoryBackend({ ...DEFAULTS, paired: true, ...options, clock });
  void backend.subscribe((event) => events.push(event));
  return backend;
}

/** Waits for an answer that the clock has to bring. */
async function answered<Answer>(promise: Promise<Answer>): Promise<Answer> {
  // A refusal that comes while the clock moves is looked at below.
  promise.catch(() => undefined);
  for (let step = 0; step < 5; step += 1) await clock.pass(1000);
  return promise;
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await answered(promise);
  } catch (thrown) {
    if (thrown instanceof BackendError) return thrown.problem.code;
    throw thrown;
  }
  return 'none';
}

async function walkToTheEnd(backend: MemoryBackend): Promise<Map<string, MeterRow>> {
  await backend.startWalk(TOUR, 'recording');
  await clock.pass(60_000);
  const { meters } = await backend.tour(TOUR);
  return new Map(meters.map((row) => [row.id, row]));
}

describe('pairing', () => {
  const request = { server: 'office.example', code: DEMO_CODE, handheld_name: 'H', certificate_sha256: null };

  test('takes the code however it is written', async () => {
    const backend = make({ paired: false });
    const pairing = await answered(backend.pair({ ...request, code: '7k3m q9tf 02xn hd5c' }));
    expect(pairing.handheld_name).toBe('H');
    expect((await backend.open(null)).pairing).toEqual(pairing);
  });

  test('refuses a wrong code, a wrong address and a server that fails, each with its code', async () => {
    const backend = make({ paired: false, failures: { pair: ['unreachable', 'untrusted_certificate'] } });
    expect(await codeOf(backend.pair({ ...request, server: 'not an address' }))).toBe('wrong_address');
    expect(await codeOf(backend.pair(request))).toBe('unreachable');
    expect(await codeOf(backend.pair(request))).toBe('untrusted_certificate');
    expect(await codeOf(backend.pair({ ...request, code: 'AAAA-BBBB' }))).toBe('wrong_pairing_code');
    expect((await backend.open(null)).pairing).toBeNull();
  });
});

describe('opening', () => {
  test('wants the passphrase with which the store was made', async () => {
    const backend = make({ failures: { open: ['passphrase_needed'] } });
    expect(await codeOf(backend.open(null))).toBe('passphrase_needed');
    expect(await codeOf(backend.open('guess'))).toBe('wrong_passphrase');
    expect((await backend.open('walkby')).app_version).toBe('0.1.0');
  });

  test('says that a newer version wrote the store', async () => {
    expect(await codeOf(make({ failures: { open: ['newer_store'] } }).open(null))).toBe('newer_store');
  });

  test('finds the walk that was open', async () => {
    const backend = make({ openWalk: TOUR, heardBefore: 0.5 });
    const { open_walk: walk } = await backend.open(null);
    expect(walk?.tour).toBe(TOUR);
    expect(walk?.listening).toBe(false);
    const { progress } = await backend.tour(TOUR);
    expect(progress.read).toBeGreaterThan(4);
    expect(progress.open).toBeGreaterThan(4);
  });
});

describe('a walk', () => {
  test('brings every meter to its state, each with its reason', async () => {
    const rows = await walkToTheEnd(make());
    const of = (position: number): readonly [string, unknown] => {
      const row = rows.get(`line-${String(position)}`);
      return [row?.state ?? '', row?.why];
    };
    expect(of(1)).toEqual(['read', { code: 'read_by_radio', kind: 'due_date', date: '2026-10-31' }]);
    expect(of(7)).toEqual([
      'open',
      { code: 'outside_window', window: { first_day: 1, last_day: 5, from_hour: 8, to_hour: 18 } },
    ]);
    expect(of(8)).toEqual(['heard_no_key', { code: 'no_key' }]);
    expect(of(11)).toEqual(['heard_wrong_key', { code: 'wrong_key' }]);
    expect(of(16)).toEqual(['implausible', { code: 'implausible', verdict: 'below_previous' }]);
    expect(of(19)).toEqual(['heard_undecodable', { code: 'damaged', times: 3 }]);
    expect(of(21)).toEqual(['open', { code: 'not_heard_yet' }]);
    expect(of(24)).toEqual(['open', { code: 'no_radio' }]);
  });

  test('does not speak of a sending window on a working day', async () => {
    const { meters } = await make({}, MONDAY).tour(TOUR);
    expect(meters[6]?.why).toEqual({ code: 'not_heard_yet' });
  });

  test('signals each meter once and is silent when it is heard again', async () => {
    const rows = await walkToTheEnd(make());
    const signalled = events.flatMap((event) => (event.event === 'meters' ? event.newly_heard : []));
    expect(new Set(signalled).size).toBe(signalled.length);
    const heard = [...rows.values()].filter((row) => row.times_heard > 0 && row.state !== 'heard_undecodable');
    expect(signalled.length).toBe(heard.length);
    expect([...rows.values()].some((row) => row.times_heard > 1)).toBe(true);
  });

  test('counts what is not of the tour and says nothing else of it', async () => {
    await walkToTheEnd(make());
    const last = events.findLast((event) => event.event === 'walk');
    expect(last?.walk.foreign_frames).toBeGreaterThan(3);
    expect(last?.walk.finished).toBe(true);
    expect(last?.walk.receiver.state).toBe('idle');
  });

  test('stops where it is and goes on from there', async () => {
    const backend = make();
    await backend.startWalk(TOUR, 'recording');
    await clock.pass(1000);
    await backend.stopWalk();
    const before = (await backend.tour(TOUR)).progress;
    await clock.pass(60_000);
    expect((await backend.tour(TOUR)).progress).toEqual(before);
    await backend.startWalk(TOUR, 'recording');
    await clock.pass(60_000);
    expect((await backend.tour(TOUR)).progress.open).toBe(3);
  });

  test('stops and says so when the disk is full; what was shown stays', async () => {
    const backend = make({ openWalk: TOUR, heardBefore: 0.5, failures: { walk: ['disk_full'] } });
    const before = (await backend.tour(TOUR)).progress;
    await backend.startWalk(TOUR, 'recording');
    await clock.pass(1000);
    expect(events.find((event) => event.event === 'problem')?.problem.code).toBe('disk_full');
    expect((await backend.walk())?.listening).toBe(false);
    expect((await backend.tour(TOUR)).progress).toEqual(before);
  });

  test('refuses a recording in another encoding and one without telegrams', async () => {
    const backend = make();
    expect(await codeOf(backend.addRecording('a', new Uint8Array([0xff, 0xfe, 0x41, 0x00])))).toBe('wrong_encoding');
    expect(await codeOf(backend.addRecording('b', new TextEncoder().encode('hello')))).toBe('recording_unreadable');
    const added = await backend.addRecording('c', new TextEncoder().encode('2E44931578563412330337'));
    expect((await backend.sources()).map(({ id }) => id)).toContain(added.id);
  });
});

describe('a person at a meter', () => {
  const entry = { tour: TOUR, meter: 'line-1', reason: 'not_heard', note: null };

  test('is warned of an implausible value and must confirm it', async () => {
    const backend = make();
    const { value, verdicts } = await backend.checkManual(TOUR, 'line-1', '12,5');
    expect([value, verdicts]).toEqual(['12.5', ['below_previous']]);
    expect(await codeOf(backend.enterManual({ ...entry, typed: '12,5', confirmed: [] }))).toBe('not_confirmed');
    const meter = await backend.enterManual({ ...entry, typed: '12,5', confirmed: ['below_previous'] });
    expect([meter.state, meter.value, meter.events[0]?.confirmed]).toEqual(['manual', '12.5', ['below_previous']]);
  });

  test.each([
    ['123,6', []],
    ['200', ['above_high']],
    ['98,1', ['below_low']],
    ['1234567', ['too_many_digits', 'above_high']],
  ])('typing %s gives the verdicts %j', async (typed, verdicts) => {
    expect((await make().checkManual(TOUR, 'line-1', typed)).verdicts).toEqual(verdicts);
  });

  test('cannot type what is no number', async () => {
    expect(await codeOf(make().checkManual(TOUR, 'line-1', '12.3.4'))).toBe('not_a_number');
  });

  test('corrects by a new entry; the old one stays', async () => {
    const backend = make();
    await backend.skip(TOUR, 'line-1', 'no_access', 'rang twice');
    expect((await backend.meter(TOUR, 'line-1')).why).toEqual({ code: 'skipped', reason: 'no_access' });
    const meter = await backend.enterManual({ ...entry, typed: '123.6', confirmed: [] });
    expect(meter.events.map(({ kind, superseded }) => [kind, superseded])).toEqual([
      ['manual_reading', false],
      ['skip', true],
    ]);
  });

  test('adds notes and photos without changing the state', async () => {
    const backend = make();
    await backend.addNote(TOUR, 'line-1', 'new lock');
    const meter = await backend.addPhoto(TOUR, 'line-1', 'image/jpeg');
    expect([meter.state, meter.events.length]).toEqual(['open', 2]);
    expect(await codeOf(backend.addPhoto(TOUR, 'line-1', 'text/plain'))).toBe('not_a_picture');
  });
});

describe('values and telegrams', () => {
  test('the due-date value comes first, then months from new to old, then now', async () => {
    const backend = make();
    await walkToTheEnd(backend);
    const { values } = await backend.meter(TOUR, 'line-1');
    expect(values.map(({ kind, value, date }) => [kind, value, date])).toEqual([
      ['due_date', '123.529', '2026-10-31'],
      ['month', '121.410', '2026-09-30'],
      ['month', '119.291', '2026-08-31'],
      ['month', '117.172', '2026-07-31'],
      ['current', '124.942', '2026-11-21'],
    ]);
  });

  test('a sealed telegram gives no value', async () => {
    const backend = make();
    await walkToTheEnd(backend);
    const meter = await backend.meter(TOUR, 'line-8');
    expect([meter.value, meter.values, meter.telegrams[0]?.outcome]).toEqual([null, [], 'no_key']);
  });

  test.each(['line-1', 'line-3', 'line-5', 'line-12', 'line-13'])('every byte of the telegram of %s is in one part', async (line) => {
    const { hex, plain_hex: plain, parts } = await make().telegram(`telegram-of-${line}`);
    for (const [of, bytes] of [['air', hex], ['plain', plain ?? '']] as const) {
      let end = 0;
      for (const part of parts.filter((candidate) => candidate.of === of && candidate.depth === 0)) {
        expect(part.offset).toBe(end);
        end += part.length;
      }
      expect(end).toBe(bytes.length / 2);
    }
    expect(Number(`0x${hex.slice(0, 2)}`)).toBe(hex.length / 2 - 1);
  });
});

describe('sync', () => {
  test('goes from waiting to a receipt and to safe', async () => {
    const backend = make();
    await backend.addNote(TOUR, 'line-1', 'a');
    await answered(backend.exchange());
    const seen = events.flatMap((event) => (event.event === 'sync' ? [event.sync] : []));
    expect(seen.map(({ phase, waiting, in_flight: flying, receipted, safe }) => [phase, waiting, flying, receipted, safe])).toEqual([
      ['idle', 1, 0, 0, 0],
      ['connecting', 1, 0, 0, 0],
      ['pulling', 1, 0, 0, 0],
      ['pushing', 0, 1, 0, 0],
      ['idle', 0, 0, 1, 0],
      ['idle', 0, 0, 0, 1],
    ]);
  });

  test('a failure stays until a receipt arrives, and nothing is lost by it', async () => {
    const backend = make({ failures: { exchange: ['unreachable', 'timeout'] } });
    await backend.addNote(TOUR, 'line-1', 'a');
    await answered(backend.exchange());
    const first = await backend.sync();
    await answered(backend.exchange());
    const second = await backend.sync();
    expect([second.failure?.error.code, second.failure?.attempts, second.waiting]).toEqual(['timeout', 2, 1]);
    expect(second.failure?.since).toBe(first.failure?.since);
    await answered(backend.exchange());
    expect((await backend.sync()).failure).toBeNull();
  });
});

describe('the large tour', () => {
  let large: ReturnType<typeof largeTour>;
  beforeEach(() => {
    large = largeTour(5000, 11);
  });

  test('is the same for the same seed', () => {
    expect(large.lines).toHaveLength(5000);
    expect(largeTour(5000, 11)).toEqual(large);
    expect(largeTour(5000, 12)).not.toEqual(large);
  });

  test('takes 31 frames a second', async () => {
    const backend = make({ tours: [demoTour(), large], framesPerCommit: 3, commitEvery: 96 });
    await backend.startWalk('tour-large', 'recording');
    await clock.pass(60_000);
    const { progress } = await backend.tour('tour-large');
    expect(progress.meters).toBe(5000);
    expect(progress.read).toBeGreaterThan(600);
  });
});
