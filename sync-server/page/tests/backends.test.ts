import { describe, expect, test } from 'vitest';
import type { OfficeBackend } from '../src/backend/backend';
import { HttpBackend } from '../src/backend/http';
import { demoWorld } from '../src/backend/memory/demo';
import { MEMORY_PASSWORD, MemoryBackend } from '../src/backend/memory/memory-backend';
import { emptyWorld } from '../src/backend/memory/world';
import { Problem } from '../src/backend/problem';
import { fakeServer } from './fake-server';

const START = Date.parse('2026-11-21T09:30:00Z');
const KEY = '000102030405060708090A0B0C0D0E0F';
const csv = (...rows: string[]): Blob => new Blob([rows.join('\n')]);

interface Bench {
  backend: OfficeBackend;
  server: MemoryBackend;
  clock: { now: number };
}

/** One suite for both sides: the one in memory, and HTTP in front of it. */
const SIDES: [string, (server: MemoryBackend) => OfficeBackend][] = [
  ['memory', (server) => server],
  ['http', (server) => new HttpBackend({ fetch: fakeServer(server), openEvents: () => { throw new Error('not here'); }, later: () => () => undefined })],
];

describe.each(SIDES)('the office backend over %s', (_, wrap) => {
  const bench = (world = demoWorld(START)): Bench => {
    const clock = { now: START };
    const server = new MemoryBackend(world, () => clock.now);
    return { server, backend: wrap(server), clock };
  };
  const signedIn = async (world = demoWorld(START)): Promise<Bench> => {
    const made = bench(world);
    await made.backend.signIn(MEMORY_PASSWORD);
    return made;
  };
  const codeOf = async (attempt: Promise<unknown>): Promise<Problem> => {
    try {
      await attempt;
    } catch (thrown) {
      if (thrown instanceof Problem) return thrown;
      throw thrown;
    }
    throw new Error('it succeeded');
  };

  test('nobody is signed in until someone signs in, and after signing out', async () => {
    const { backend } = bench();
    expect(await backend.session()).toBeNull();
    await backend.signIn(MEMORY_PASSWORD);
    expect(await backend.session()).toMatchObject({ server_name: 'Hausverwaltung Linde' });
    await backend.signOut();
    expect(await backend.session()).toBeNull();
    expect((await codeOf(backend.tours())).code).toBe('unauthorized');
  });

  test('wrong passwords are counted down and then locked for a while', async () => {
    const { backend, clock } = bench();
    for (const left of [4, 3, 2, 1]) expect(await codeOf(backend.signIn('x'))).toMatchObject({ code: 'wrong_password', attemptsLeft: left });
    expect(await codeOf(backend.signIn('x'))).toMatchObject({ code: 'too_many_attempts', retryAfterSeconds: 60 });
    clock.now += 59_000;
    expect(await codeOf(backend.signIn(MEMORY_PASSWORD))).toMatchObject({ code: 'too_many_attempts', retryAfterSeconds: 1 });
    clock.now += 1_000;
    await backend.signIn(MEMORY_PASSWORD);
  });

  test('a preview stores nothing and judges every row', async () => {
    const { backend } = await signedIn(emptyWorld());
    const file = csv(
      'meter_no;radio_id;manufacturer;key;prev_value;due_date;zone',
      `81000001;81000001;SEN;${KEY};12,5;2026-12-31;7`,
      '81000002;;;;;;7',
      '81000003;8100;sen;12;x;31.12.2026;7',
      '81000001;81000001;;;;;7',
      ';;;;;;',
      '81000004;81000004;;;;;7;8',
      '81000005;81000005',
    );
    const preview = await backend.previewTour(file);
    expect(preview.counts).toEqual({ accepted: 1, accepted_with_warnings: 1, refused: 4 });
    expect(preview.columns.at(-1)).toEqual({ header: 'zone', field: null });
    expect(preview.rows.map(({ line, findings }) => [line, ...findings.map(({ code }) => code)])).toEqual([
      [4, 'bad_radio_id', 'bad_manufacturer', 'bad_decimal', 'bad_date', 'key_malformed'],
      [5, 'radio_id_repeated', 'no_key'],
      [7, 'too_many_fields'],
      [8, 'columns_too_few'],
      [3, 'radio_id_from_meter_no', 'no_key'],
      [2],
    ]);
    expect(JSON.stringify(preview)).not.toContain(KEY);
    expect(await backend.tours()).toEqual([]);
  });

  test('a tour takes its good rows, and the file of a tour without any is refused', async () => {
    const { backend } = await signedIn(emptyWorld());
    const made = await backend.createTour('Ahornweg', csv('meter_no;radio_id', '81000001;81000001', '81000002;XYZ'));
    expect(made).toMatchObject({ accepted: 1, refused: 1 });
    expect(await backend.tours()).toMatchObject([{ id: made.tour, name: 'Ahornweg', released_at: null, progress: { meters: 1, open: 1 }, missing_keys: 1 }]);
    expect((await codeOf(backend.createTour('Nothing', csv('meter_no;radio_id', '1;XYZ')))).code).toBe('unprocessable');
  });

  test('a tour is assigned, released and withdrawn', async () => {
    const { backend } = await signedIn();
    const [tour] = await backend.tours();
    const [handheld] = await backend.handhelds();
    if (tour === undefined || handheld === undefined) throw new Error('the demo is empty');
    await backend.assignTour(tour.id, handheld.replica);
    await backend.releaseTour(tour.id);
    expect(await backend.tour(tour.id)).toMatchObject({ released_at: '2026-11-21T09:30:00.000Z', handhelds: [{ name: 'Anna Berger', assigned: true }] });
    await backend.withdrawTour(tour.id, handheld.replica);
    expect((await backend.tour(tour.id)).handhelds).toEqual([]);
    await backend.revokeHandheld(handheld.replica);
    expect((await codeOf(backend.assignTour(tour.id, handheld.replica))).code).toBe('conflict');
  });

  test('lines are filtered, sorted by exact value, and paged without a gap', async () => {
    const { backend } = await signedIn();
    const tour = (await backend.tours())[1];
    if (tour === undefined) throw new Error('the demo is empty');
    const all = await backend.tourMeters(tour.id, { sort: 'value', order: 'desc', limit: 500 });
    expect([all.total, all.cursor, all.lines[0]?.value]).toEqual([48, null, '229.250']);
    const pages = [];
    let cursor: string | null | undefined;
    do {
      const page = await backend.tourMeters(tour.id, { sort: 'value', order: 'desc', limit: 20, cursor: cursor ?? undefined });
      pages.push(...page.lines);
      cursor = page.cursor;
    } while (cursor !== null);
    expect(pages).toEqual(all.lines);
    const count = async (filter: object): Promise<number> => (await backend.tourMeters(tour.id, { sort: 'position', order: 'asc', limit: 1, ...filter })).total;
    expect(await count({ state: 'missing' })).toBe(12);
    expect(await count({ state: 'manual' })).toBe(3);
    expect(await count({ kind: 'due_date' })).toBe(32);
    expect(await count({ alarm: 'any' })).toBe(4);
    expect(await count({ alarm: 'leak', house: 'Lindenstraße 2' })).toBe(1);
    expect(await count({ q: 'K-10402' })).toBe(1);
  });

  test('a line leads to its readings, its course and its telegram', async () => {
    const { backend } = await signedIn();
    const tour = (await backend.tours())[1];
    const page = await backend.tourMeters(tour?.id ?? '', { sort: 'position', order: 'asc', limit: 1 });
    const line = page.lines[0];
    if (tour === undefined || line === undefined) throw new Error('the demo is empty');
    const detail = await backend.tourMeter(tour.id, line.id);
    expect(detail.readings.map(({ value, value_kind }) => [value, value_kind])).toEqual([['52.811', 'current'], ['52.200', 'due_date'], ['1203', 'current']]);
    const [series] = await backend.history(tour.id, line.id);
    expect(series?.points.at(0)).toMatchObject({ kind: 'previous', value: '41.200' });
    expect(series?.points.at(-1)).toMatchObject({ kind: 'due_date', value: '52.200' });
    const telegram = await backend.telegram(detail.readings[0]?.telegram ?? '');
    expect(telegram.hex).toBe('1E44AE4C001034766807' + '7A15000000' + '0C1311280500' + '426C5F3A' + '4C1300220500');
    expect((await codeOf(backend.tourMeter(tour.id, 'none'))).code).toBe('not_found');
    expect((await codeOf(backend.telegram('none'))).code).toBe('not_found');
  });

  test('keys are listed without themselves, previewed and imported', async () => {
    const { backend } = await signedIn();
    const file = csv('id,key', `76341238,${KEY}`, `76341000,${KEY}`, '1,2');
    const preview = await backend.previewKeys(file);
    expect(preview.rows.map(({ line, verdict }) => [line, verdict])).toEqual([[4, 'refused'], [3, 'accepted_with_warnings'], [2, 'accepted']]);
    expect(preview.rows[2]?.what).toMatchObject({ waiting_telegrams: 1, opens: true });
    expect(await backend.importKeys(file)).toMatchObject({ accepted: 2, known: 1, refused: 1, decoded_again: 1 });
    const page = await backend.keys({ q: '76341238', limit: 10 });
    expect(page.keys).toMatchObject([{ identification_number: '76341238', state: 'unused' }]);
    expect(JSON.stringify(page)).not.toContain(KEY);
    expect((await backend.keys({ state: 'wrong', limit: 10 })).keys).toHaveLength(1);
  });

  test('a KEM file of keys needs its password', async () => {
    const { backend } = await signedIn();
    const file = new Blob([`<EncryptedData>id,key\n76341238,${KEY}</EncryptedData>`]);
    const refusal = async (password?: string) => (await backend.previewKeys(file, password)).refused_file?.code;
    expect([await refusal(), await refusal('Grün'), await refusal('12345')]).toEqual(['password_missing', 'wrong_password', undefined]);
    expect(await backend.importKeys(file, '12345')).toMatchObject({ accepted: 1, refused: 0 });
  });

  test('a handheld is paired by a code and revoked', async () => {
    const { backend, server } = await signedIn(emptyWorld());
    expect(await backend.makePairingCode()).toEqual({ code: '7K3M-Q9TF-02XN-HD5C', expires_at: '2026-11-21T09:40:00.000Z', certificate_sha256: null });
    server.pair('Mira');
    const [handheld] = await backend.handhelds();
    expect(handheld).toMatchObject({ name: 'Mira', revoked_at: null });
    await backend.revokeHandheld(handheld?.replica ?? '');
    expect(await backend.handhelds()).toMatchObject([{ name: 'Mira', sync_state: 'revoked' }]);
    expect((await codeOf(backend.revokeHandheld('nobody'))).code).toBe('not_found');
  });

  test('the log is read backwards, page by page', async () => {
    const { backend } = await signedIn();
    const first = await backend.audit(5);
    const second = await backend.audit(100, first.at(-1)?.number);
    const numbers = [...first, ...second].map(({ number }) => number);
    expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
    expect([first[0]?.action, numbers.length, numbers.at(-1)]).toEqual(['login', 14, 1]);
  });
});
