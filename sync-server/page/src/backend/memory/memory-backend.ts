import { METER_STATES, compareDecimals } from '@walkby/ui';
import type { Download, LiveListener, LiveState, OfficeBackend } from '../backend';
import {
  DONE_STATES,
  type AuditEntry,
  type Handheld,
  type HistorySeries,
  type KeyImport,
  type KeyPage,
  type KeyQuery,
  type LiveEvent,
  type MeterPage,
  type MeterQuery,
  type OfficeSession,
  type PairingCode,
  type Preview,
  type PreviewKey,
  type PreviewMeter,
  type ReplicaId,
  type TelegramDetail,
  type TourDetail,
  type TourImport,
  type TourMeterDetail,
  type TourMeterRow,
  type TourSummary,
} from '../model';
import { Problem } from '../problem';
import { addLine, readLine } from './demo';
import { previewKeys, previewTour, type Known } from './imports';
import { housesOf, identity, keyCounts, rowOf, summaryOf, type World, type WorldTour } from './world';

export const MEMORY_PASSWORD = 'lindenblatt-27';
const ATTEMPTS = 5;
const LOCKED_SECONDS = 60;
const CODE_LIFE_MS = 10 * 60_000;

/** The office backend without a server: for tests, and to try the page. */
export class MemoryBackend implements OfficeBackend {
  private signedIn = false;
  private attemptsLeft = ATTEMPTS;
  private lockedUntil = 0;
  private readonly listeners = new Set<LiveListener>();
  private liveState: LiveState = 'live';
  private failures: Problem[] = [];
  private codes = 0;

  constructor(
    readonly world: World,
    private readonly now: () => number,
  ) {}

  // What tests and the demo do to it, beside the page.

  /** Fails the next request with a code. */
  failNext(code: string): void {
    this.failures.push(new Problem(code, 'made to fail'));
  }

  /** Lets the next lines of a tour be read, as if a handheld had pushed them. */
  walk(tourName: string, count: number): void {
    const tour = this.world.tours.find((known) => known.name === tourName);
    if (tour === undefined) return;
    const at = this.instant();
    for (const line of tour.lines.filter(({ state }) => state === 'open').slice(0, count)) {
      readLine(this.world, tour, line, at, 'Anna Berger');
      this.tell({ event: 'line', data: { tour: tour.id, line: rowOf(line) } });
    }
    tour.changed_at = at;
    this.tellTour(tour);
    this.tell({ event: 'keys', data: keyCounts(this.world.keys) });
  }

  /** Pairs a handheld, as if its reader had typed the code. */
  pair(name: string): void {
    const handheld: Handheld = {
      replica: identity('replica', this.world.handhelds.length + 1),
      name,
      app_version: '0.1.0',
      paired_at: this.instant(),
      last_seen: this.instant(),
      last_push_at: null,
      sync_state: 'current',
      unpulled_changes: 0,
      waiting_items: 0,
      tours: [],
      clock_offset_ms: 35,
      revoked_at: null,
    };
    this.world.handhelds.push(handheld);
    this.write(`handheld ${handheld.replica}`, 'handheld_pair', name);
    this.tell({ event: 'handheld', data: handheld });
  }

  /** Cuts or restores the stream of events. */
  setLive(state: LiveState): void {
    this.liveState = state;
    for (const listener of this.listeners) listener.state(state);
  }

  /** Ends the session, as a server does when it is too old. */
  endSession(): void {
    this.signedIn = false;
    this.tell({ event: 'signed_out', data: {} });
  }

  // The interface.

  async session(): Promise<OfficeSession | null> {
    this.mayFail();
    return this.signedIn ? this.officeSession() : null;
  }

  async signIn(password: string): Promise<OfficeSession> {
    this.mayFail();
    const wait = Math.ceil((this.lockedUntil - this.now()) / 1000);
    if (wait > 0) throw new Problem('too_many_attempts', `try again in ${wait} s`, null, wait);
    if (password !== MEMORY_PASSWORD) {
      this.attemptsLeft -= 1;
      this.write('admin', 'login_failed', '');
      if (this.attemptsLeft === 0) {
        this.attemptsLeft = ATTEMPTS;
        this.lockedUntil = this.now() + LOCKED_SECONDS * 1000;
        throw new Problem('too_many_attempts', 'wait', null, LOCKED_SECONDS);
      }
      throw new Problem('wrong_password', 'the password is wrong', this.attemptsLeft);
    }
    this.attemptsLeft = ATTEMPTS;
    this.signedIn = true;
    this.write('admin', 'login', '');
    return this.officeSession();
  }

  async signOut(): Promise<void> {
    this.signedIn = false;
    this.write('admin', 'logout', '');
  }

  async tours(): Promise<TourSummary[]> {
    this.guard();
    return this.world.tours.map((tour) => summaryOf(tour, this.world.handhelds));
  }

  async tour(id: string): Promise<TourDetail> {
    const tour = this.find(id);
    return { ...summaryOf(tour, this.world.handhelds), houses: housesOf(tour.lines) };
  }

  async previewTour(file: Blob): Promise<Preview<PreviewMeter>> {
    this.guard();
    return previewTour(file, this.known());
  }

  async createTour(name: string, file: Blob): Promise<TourImport> {
    const preview = await this.previewTour(file);
    const good = preview.rows.filter((row) => row.verdict !== 'refused');
    if (good.length === 0) throw new Problem('unprocessable', 'no row could be taken');
    const at = this.instant();
    const tour: WorldTour = {
      id: identity('tour', this.world.tours.length + 1), name, due_date: null, created_at: at, released_at: null,
      changed_at: at, handhelds: new Map(), lines: [], histories: new Map(),
    };
    for (const { what } of good.toSorted((a, b) => a.line - b.line)) {
      if (what === null) continue;
      const line = addLine(this.world, tour, tour.lines.length, 'open', [], at, null);
      const { has_key, ...facts } = what;
      Object.assign(line, facts, { has_key, site: name, name: '', sends: null, floor: '', previous_value: null, previous_date: null });
      this.world.keys.pop();
      if (has_key && !this.known().keyIds.has(what.meter_number)) this.addKey(what.meter_number);
    }
    this.world.tours.unshift(tour);
    const refused = preview.rows.length - good.length;
    this.write('admin', 'tour_create', name, `${good.length} rows accepted, ${refused} refused`);
    this.tellTour(tour);
    return { tour: tour.id, accepted: good.length, refused, rows: preview.rows };
  }

  async assignTour(id: string, replica: ReplicaId): Promise<void> {
    const tour = this.find(id);
    const handheld = this.findHandheld(replica);
    if (handheld.revoked_at !== null) throw new Problem('conflict', 'this handheld was revoked');
    const link = tour.handhelds.get(replica) ?? { pulled_at: null, pushed_at: null };
    tour.handhelds.set(replica, { ...link, assigned: true });
    handheld.tours.push({ id, name: tour.name, missing: tour.lines.length });
    this.write('admin', 'tour_assign', tour.name, handheld.name);
    this.tellTour(tour);
    this.tell({ event: 'handheld', data: handheld });
  }

  async withdrawTour(id: string, replica: ReplicaId): Promise<void> {
    const tour = this.find(id);
    const handheld = this.findHandheld(replica);
    tour.handhelds.delete(replica);
    handheld.tours = handheld.tours.filter((known) => known.id !== id);
    this.write('admin', 'tour_withdraw', tour.name, handheld.name);
    this.tellTour(tour);
    this.tell({ event: 'handheld', data: handheld });
  }

  async releaseTour(id: string): Promise<void> {
    const tour = this.find(id);
    tour.released_at ??= this.instant();
    this.write('admin', 'tour_release', tour.name);
    this.tellTour(tour);
  }

  async tourMeters(id: string, query: MeterQuery): Promise<MeterPage> {
    const needle = (query.q ?? '').trim().toLowerCase();
    const matches = this.find(id).lines.filter(
      (line) =>
        (query.state === undefined ||
          (query.state === 'missing' ? !DONE_STATES.includes(line.state) : line.state === query.state)) &&
        (query.kind === undefined || line.value_kind === query.kind) &&
        (query.alarm === undefined || (query.alarm === 'any' ? line.alarms.length > 0 : line.alarms.includes(query.alarm))) &&
        (query.house === undefined || `${line.street} ${line.house}` === query.house) &&
        [line.meter_number, line.radio_id ?? '', line.flat, line.place, line.customer_ref, line.street].some((text) =>
          text.toLowerCase().includes(needle),
        ),
    );
    const direction = query.order === 'asc' ? 1 : -1;
    matches.sort((a, b) => direction * compareLines(a, b, query.sort) || a.position - b.position);
    const from = Number(query.cursor ?? '0');
    const to = from + query.limit;
    return { lines: matches.slice(from, to).map(rowOf), total: matches.length, cursor: to < matches.length ? String(to) : null };
  }

  async tourMeter(id: string, line: string): Promise<TourMeterDetail> {
    return structuredClone(this.findLine(id, line));
  }

  async history(id: string, line: string): Promise<HistorySeries[]> {
    return this.find(id).histories.get(this.findLine(id, line).id) ?? [];
  }

  async telegram(id: string): Promise<TelegramDetail> {
    this.guard();
    const telegram = this.world.telegrams.get(id);
    if (telegram === undefined) throw new Problem('not_found', 'there is no such telegram');
    return telegram;
  }

  readingsCsv(tour: TourSummary): Download {
    const rows = this.find(tour.id).lines.map((line) =>
      [tour.name, line.meter_number, line.value ?? '', line.unit ?? '', line.value_date ?? '', line.value_kind ?? ''].join(';'),
    );
    const text = ['tour;meter_no;value;unit;value_date;value_kind', ...rows].join('\r\n');
    return { href: `data:text/csv;charset=utf-8,${encodeURIComponent(text)}`, file_name: `${tour.name}.csv` };
  }

  async keys(query: KeyQuery): Promise<KeyPage> {
    this.guard();
    const matches = this.world.keys.filter(
      (key) =>
        (query.state === undefined || key.state === query.state) &&
        key.identification_number.toLowerCase().includes((query.q ?? '').trim().toLowerCase()),
    );
    const from = Number(query.cursor ?? '0');
    const to = from + query.limit;
    return { keys: matches.slice(from, to), counts: keyCounts(this.world.keys), cursor: to < matches.length ? String(to) : null };
  }

  async previewKeys(file: Blob, password?: string): Promise<Preview<PreviewKey>> {
    this.guard();
    return previewKeys(file, this.known(), password);
  }

  async importKeys(file: Blob, password?: string): Promise<KeyImport> {
    const preview = await this.previewKeys(file, password);
    const good = preview.rows.filter((row) => row.verdict !== 'refused');
    if (good.length === 0) throw new Problem('unprocessable', 'no row is a key');
    let known = 0;
    let decodedAgain = 0;
    for (const { what } of good) {
      if (what === null) continue;
      decodedAgain += what.waiting_telegrams;
      if (this.known().keyIds.has(what.identification_number)) known += 1;
      else this.addKey(what.identification_number);
      for (const tour of this.world.tours) {
        for (const line of tour.lines) if (line.meter_number === what.identification_number) line.has_key = true;
      }
    }
    this.write('admin', 'key_import', '', `${good.length} keys accepted`);
    this.tell({ event: 'keys', data: keyCounts(this.world.keys) });
    for (const tour of this.world.tours) this.tellTour(tour);
    return { accepted: good.length, known, refused: preview.counts.refused, decoded_again: decodedAgain, rows: preview.rows };
  }

  async handhelds(): Promise<Handheld[]> {
    this.guard();
    return structuredClone(this.world.handhelds);
  }

  async makePairingCode(): Promise<PairingCode> {
    this.guard();
    this.codes += 1;
    this.write('admin', 'pairing_code', '');
    const code = ['7K3M-Q9TF-02XN-HD5C', '4WXD-82HN-6TQB-M0CY', 'P6RC-ZB5V-Y3FE-8JK1'][(this.codes - 1) % 3] ?? '';
    return { code, expires_at: new Date(this.now() + CODE_LIFE_MS).toISOString(), certificate_sha256: null };
  }

  async revokeHandheld(replica: ReplicaId): Promise<void> {
    this.guard();
    const handheld = this.findHandheld(replica);
    handheld.revoked_at ??= this.instant();
    handheld.sync_state = 'revoked';
    handheld.tours = [];
    for (const tour of this.world.tours) tour.handhelds.delete(replica);
    this.write('admin', 'handheld_revoke', handheld.name);
    this.tell({ event: 'handheld', data: handheld });
  }

  async audit(limit: number, before = Infinity): Promise<AuditEntry[]> {
    this.guard();
    return this.world.audit.filter((entry) => entry.number < before).slice(0, limit);
  }

  live(listener: LiveListener): () => void {
    this.listeners.add(listener);
    listener.state(this.liveState);
    return () => this.listeners.delete(listener);
  }

  private officeSession(): OfficeSession {
    return {
      server_name: 'Hausverwaltung Linde',
      server_version: '0.1.0',
      expires_at: new Date(this.now() + 12 * 3_600_000).toISOString(),
    };
  }

  private mayFail(): void {
    const problem = this.failures.shift();
    if (problem !== undefined) throw problem;
  }

  private guard(): void {
    this.mayFail();
    if (!this.signedIn) throw new Problem('unauthorized', 'a valid session is needed');
  }

  private find(id: string): WorldTour {
    this.guard();
    const tour = this.world.tours.find((known) => known.id === id);
    if (tour === undefined) throw new Problem('not_found', 'there is no such tour');
    return tour;
  }

  private findLine(tour: string, id: string): TourMeterDetail {
    const line = this.find(tour).lines.find((known) => known.id === id);
    if (line === undefined) throw new Problem('not_found', 'there is no such line');
    return line;
  }

  private findHandheld(replica: ReplicaId): Handheld {
    const handheld = this.world.handhelds.find((known) => known.replica === replica);
    if (handheld === undefined) throw new Problem('not_found', 'there is no such handheld');
    return handheld;
  }

  private addKey(id: string): void {
    this.world.keys.push({ identification_number: id, meter: null, imported_at: this.instant(), state: 'unused', lines: 1, last_used_at: null });
  }

  private known(): Known {
    const lines = this.world.tours.flatMap((tour) => tour.lines);
    return {
      keyIds: new Set(this.world.keys.map((key) => key.identification_number)),
      lineIds: new Set(lines.map((line) => line.meter_number)),
      waitingTelegrams: (id) =>
        lines.filter((line) => line.meter_number === id && line.state === 'heard_no_key').length,
    };
  }

  private instant(): string {
    return new Date(this.now()).toISOString();
  }

  private write(actor: string, action: string, subject: string, detail = ''): void {
    const number = (this.world.audit[0]?.number ?? 0) + 1;
    this.world.audit.unshift({ number, at: this.instant(), actor, action, subject, detail });
  }

  private tellTour(tour: WorldTour): void {
    this.tell({ event: 'tour', data: summaryOf(tour, this.world.handhelds) });
  }

  private tell(event: LiveEvent): void {
    if (this.liveState !== 'live') return;
    for (const listener of this.listeners) listener.event(structuredClone(event));
  }
}

function compareLines(a: TourMeterRow, b: TourMeterRow, sort: MeterQuery['sort']): number {
  switch (sort) {
    case 'position':
      return a.position - b.position;
    case 'meter_number':
      return a.meter_number.localeCompare(b.meter_number);
    case 'state':
      return METER_STATES.indexOf(a.state) - METER_STATES.indexOf(b.state);
    case 'value':
      if (a.value === null || b.value === null) return Number(a.value !== null) - Number(b.value !== null);
      return compareDecimals(a.value, b.value);
    case 'read_at':
      return (a.read_at ?? '').localeCompare(b.read_at ?? '');
  }
}
