import type { TelegramExplanation } from '@walkby/ui';
import type { Backend } from '../backend';
import type {
  BackendEvent,
  ManualCheck,
  ManualEntry,
  MeterDetail,
  MeterEvent,
  MeterRow,
  Pairing,
  PairRequest,
  ReasonCodes,
  ReceiverState,
  ReceiverTrial,
  Settings,
  Source,
  Start,
  Sync,
  Tour,
  TourSummary,
  Walk,
} from '../model';
import type { Clock } from './clock';
import type { DemoTour } from './demo';
import { detailOf, explanationOf, NOTHING_HEARD, progressOf, rowOf, type Heard } from './heard';
import type { Line } from './line';
import { check } from './plausibility';
import { recordingOf, type RecordedFrame } from './recording';
import { DEMO_CODE, isAddress, normalCode, refuse } from './server';
import { RECORDING, SILENT, Sources } from './sources';

/** What is different from an ordinary day, for tests and for showing. */
export interface Options {
  readonly clock: Clock;
  readonly tours: readonly DemoTour[];
  readonly seed: number;
  /** Starts paired and with the tours pulled. */
  readonly paired: boolean;
  /** The office has assigned the tours. */
  readonly assigned: boolean;
  /** A tour that was being walked when the app was last closed. */
  readonly openWalk: string | null;
  /** How much of the recording was heard before that, from 0 to 1. */
  readonly heardBefore: number;
  /** Milliseconds between two groups of frames that are committed together. */
  readonly commitEvery: number;
  /** Frames in a group. */
  readonly framesPerCommit: number;
  /** Milliseconds that the server takes for an answer. */
  readonly answerAfter: number;
  /** Codes with which the next requests fail, one after another. */
  readonly failures: {
    readonly open?: readonly string[];
    readonly pair?: readonly string[];
    readonly exchange?: readonly string[];
    /** The disk fills up during the walk. */
    readonly walk?: readonly string[];
    /** A receiver in this state instead of receiving. */
    readonly receiver?: ReceiverState;
  };
}

const PASSPHRASE = 'walkby';
const PASSPHRASE_CODES = ['passphrase_needed', 'no_keyring'];

/**
 * The engine's behaviour without its substance: what is shown was "committed" before, in memory. It is there so
 * that the window can be built, shown and tested in a plain browser.
 */
export class MemoryBackend implements Backend {
  private readonly listeners = new Set<(event: BackendEvent) => void>();
  private readonly lines = new Map<string, { tour: DemoTour; line: Line }>();
  private readonly heard = new Map<string, Heard>();
  private readonly rows = new Map<string, MeterRow>();
  private readonly positions = new Map<string, number>();
  private readonly heardFrom: Sources;
  private readonly failures: Record<'open' | 'pair' | 'exchange' | 'walk', string[]>;
  private settings: Settings = { language: null, theme: 'system', sound: true, vibration: true };
  private pairing: Pairing | null = null;
  private pulled: DemoTour[] = [];
  private openWalk: Walk | null = null;
  private stopListening: (() => void) | null = null;
  private nextEvent = 1;
  private state: Sync = {
    phase: 'idle',
    waiting: 0,
    in_flight: 0,
    receipted: 0,
    safe: 0,
    quarantined: 0,
    failure: null,
    last_receipt_at: null,
    last_pulled_at: null,
    clock_offset_ms: null,
  };

  constructor(private readonly options: Options) {
    const { open = [], pair = [], exchange = [], walk = [] } = options.failures;
    this.heardFrom = new Sources(options.failures.receiver ?? 'receiving');
    this.failures = { open: [...open], pair: [...pair], exchange: [...exchange], walk: [...walk] };
    for (const tour of options.tours) for (const line of tour.lines) this.lines.set(line.id, { tour, line });
    if (options.paired) {
      this.pairing = { server_name: 'Stadtwerke Linden', server: 'office.example', handheld_name: 'Handheld 3' };
      this.pulled = options.assigned ? [...options.tours] : [];
      this.state = { ...this.state, last_pulled_at: this.instant(), clock_offset_ms: -240 };
    }
    if (options.openWalk !== null) this.walkBefore(options.openWalk, options.heardBefore);
  }

  // Opening, pairing, settings

  async open(passphrase: string | null): Promise<Start> {
    const [failure] = this.failures.open;
    if (failure !== undefined && PASSPHRASE_CODES.includes(failure)) {
      if (passphrase === null) throw refuse(failure, true);
      if (failure === 'passphrase_needed' && passphrase !== PASSPHRASE) throw refuse('wrong_passphrase', true);
    } else if (failure !== undefined) {
      this.failures.open.shift();
      throw refuse(failure, failure === 'disk_full');
    }
    return {
      app_version: '0.1.0',
      pairing: this.pairing,
      settings: this.settings,
      open_walk: this.openWalk,
    };
  }

  async subscribe(listener: (event: BackendEvent) => void): Promise<() => void> {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async pair(request: PairRequest): Promise<Pairing> {
    if (!isAddress(request.server)) throw refuse('wrong_address');
    await this.answer();
    const failure = this.failures.pair.shift();
    if (failure !== undefined) throw refuse(failure, true);
    if (normalCode(request.code) !== normalCode(DEMO_CODE)) throw refuse('wrong_pairing_code');
    this.pairing = { server_name: 'Stadtwerke Linden', server: request.server, handheld_name: request.handheld_name };
    return this.pairing;
  }

  async saveSettings(settings: Settings): Promise<void> {
    this.settings = { ...settings };
  }

  // Tours and meters

  async tours(): Promise<TourSummary[]> {
    return this.pulled.map((tour) => this.summary(tour));
  }

  async tour(id: string): Promise<Tour> {
    const tour = this.known(id);
    return { ...this.summary(tour), meters: tour.lines.map((line) => this.row(line)) };
  }

  async meter(tour: string, meter: string): Promise<MeterDetail> {
    return this.detail(tour, this.line(tour, meter));
  }

  async telegram(telegram: string): Promise<TelegramExplanation> {
    const found = this.lines.get(telegram.replace('telegram-of-', ''));
    if (found === undefined) throw refuse('internal');
    return explanationOf(found.line);
  }

  // The walk

  async sources(): Promise<Source[]> {
    return this.heardFrom.all();
  }

  async addReceiver(address: string): Promise<Source> {
    return this.heardFrom.addReceiver(address);
  }

  async removeReceiver(source: string): Promise<void> {
    this.heardFrom.removeReceiver(source);
  }

  async tryReceiver(source: string): Promise<ReceiverTrial> {
    await this.answer();
    return this.heardFrom.tried(source);
  }

  async addRecording(name: string, bytes: Uint8Array): Promise<Source> {
    return this.heardFrom.addRecording(name, bytes);
  }

  async startWalk(tour: string, source: string): Promise<Walk> {
    const known = this.known(tour);
    const from = this.heardFrom.all().find(({ id }) => id === source);
    if (from === undefined) throw refuse('no_receiver', true);
    this.stopListening?.();
    const before = this.openWalk?.tour === tour ? this.openWalk : null;
    const walk: Walk = {
      tour,
      started_at: before?.started_at ?? this.instant(),
      listening: true,
      source: from,
      receiver: this.heardFrom.listening(from),
      foreign_frames: before?.foreign_frames ?? 0,
      rejected_lines: before?.rejected_lines ?? 0,
      finished: false,
    };
    this.setWalk(walk);
    if (this.options.failures.receiver === undefined) this.listen(known, recordingOf(known, this.options.seed));
    return walk;
  }

  async stopWalk(): Promise<Walk | null> {
    this.stopListening?.();
    if (this.openWalk !== null) {
      this.setWalk({ ...this.openWalk, listening: false, receiver: SILENT });
    }
    return this.openWalk;
  }

  async walk(): Promise<Walk | null> {
    return this.openWalk;
  }

  // What a person does

  async reasonCodes(): Promise<ReasonCodes> {
    return {
      manual: ['not_heard', 'no_radio', 'no_key', 'wrong_key', 'undecodable', 'implausible', 'exchanged', 'tenant_change', 'control'],
      skip: ['no_access', 'refused', 'not_found', 'removed', 'not_reachable', 'display_dead', 'damaged', 'danger', 'vacant', 'other'],
    };
  }

  async checkManual(tour: string, meter: string, typed: string): Promise<ManualCheck> {
    return check(typed, this.line(tour, meter));
  }

  async enterManual(entry: ManualEntry): Promise<MeterDetail> {
    const line = this.line(entry.tour, entry.meter);
    const { value, verdicts } = check(entry.typed, line);
    if (verdicts.some((verdict) => !entry.confirmed.includes(verdict))) throw refuse('not_confirmed');
    return this.add(entry.tour, line, {
      kind: 'manual_reading',
      value,
      unit: line.measure.unit,
      reason: entry.reason,
      confirmed: verdicts,
      note: entry.note,
    });
  }

  async skip(tour: string, meter: string, reason: string, note: string | null): Promise<MeterDetail> {
    return this.add(tour, this.line(tour, meter), { kind: 'skip', reason, note });
  }

  async addNote(tour: string, meter: string, text: string): Promise<MeterDetail> {
    return this.add(tour, this.line(tour, meter), { kind: 'note', note: text });
  }

  async addPhoto(tour: string, meter: string, mediaType: string): Promise<MeterDetail> {
    if (!mediaType.startsWith('image/')) throw refuse('not_a_picture');
    return this.add(tour, this.line(tour, meter), { kind: 'photo' });
  }

  // Sync

  async sync(): Promise<Sync> {
    return this.state;
  }

  async exchange(): Promise<Sync> {
    if (this.state.phase !== 'idle') return this.state;
    if (this.pairing === null) throw refuse('unauthorized');
    this.setSync({ phase: 'connecting' });
    await this.answer();
    const failure = this.failures.exchange.shift();
    if (failure !== undefined) return this.failed(failure);
    this.setSync({ phase: 'pulling', clock_offset_ms: -240 });
    await this.answer();
    this.pulled = this.options.assigned ? [...this.options.tours] : [];
    this.emit({ event: 'tours', tours: await this.tours() });
    const sent = this.state.waiting;
    this.setSync({ phase: 'pushing', last_pulled_at: this.instant(), waiting: 0, in_flight: sent });
    await this.answer();
    this.setSync({
      phase: 'idle',
      in_flight: 0,
      receipted: this.state.receipted + sent,
      failure: null,
      last_receipt_at: sent > 0 ? this.instant() : this.state.last_receipt_at,
    });
    this.options.clock.after(this.options.answerAfter * 10, () => {
      this.setSync({ safe: this.state.safe + this.state.receipted, receipted: 0 });
    });
    return this.state;
  }

  // Inside

  private instant(): string {
    return new Date(this.options.clock.now()).toISOString();
  }

  private emit(event: BackendEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  private answer(): Promise<void> {
    return new Promise((resolve) => {
      this.options.clock.after(this.options.answerAfter, resolve);
    });
  }

  private failed(code: string): Sync {
    const before = this.state.failure;
    this.setSync({
      phase: 'idle',
      failure: {
        error: { code, message: code.replaceAll('_', ' '), retry: true },
        since: before?.since ?? this.instant(),
        attempts: (before?.attempts ?? 0) + 1,
      },
    });
    return this.state;
  }

  private setSync(change: Partial<Sync>): void {
    this.state = { ...this.state, ...change };
    this.emit({ event: 'sync', sync: this.state });
  }

  private setWalk(walk: Walk): void {
    this.openWalk = walk;
    this.emit({ event: 'walk', walk });
  }

  private known(id: string): DemoTour {
    const tour = this.pulled.find((candidate) => candidate.id === id);
    if (tour === undefined) throw refuse('no_such_tour');
    return tour;
  }

  private line(tour: string, meter: string): Line {
    this.known(tour);
    const found = this.lines.get(meter);
    if (found?.tour.id !== tour) throw refuse('no_such_meter');
    return found.line;
  }

  private heardOf(line: Line): Heard {
    return this.heard.get(line.id) ?? NOTHING_HEARD;
  }

  /** The line as it is shown. Kept until something changes it, unless the hour alone may change it. */
  private row(line: Line): MeterRow {
    const kept = this.rows.get(line.id);
    if (kept !== undefined) return kept;
    const row = rowOf(line, this.heardOf(line), this.options.clock.now());
    if (line.window === null) this.rows.set(line.id, row);
    return row;
  }

  private hear(line: Line, heard: Heard): void {
    this.heard.set(line.id, heard);
    this.rows.delete(line.id);
  }

  private detail(tour: string, line: Line): MeterDetail {
    return detailOf(tour, line, this.heardOf(line), this.options.clock.now());
  }

  private summary(tour: DemoTour): TourSummary {
    return {
      id: tour.id,
      name: tour.name,
      due_date: tour.due_date,
      progress: progressOf(tour.lines.map((line) => this.row(line))),
      missing_keys: tour.lines.filter(({ fate }) => fate === 'no_key').length,
      whole: true,
      withdrawn: false,
    };
  }

  /** Commits what a person did, then shows it. A reading or a skip replaces the one before it. */
  private add(tour: string, line: Line, event: Partial<MeterEvent> & Pick<MeterEvent, 'kind'>): MeterDetail {
    const heard = this.heardOf(line);
    const replaces = (other: MeterEvent): boolean =>
      ['manual_reading', 'skip'].includes(event.kind) && ['manual_reading', 'skip'].includes(other.kind);
    const events = heard.events.map((other) => (replaces(other) ? { ...other, superseded: true } : other));
    const made: MeterEvent = {
      id: `event-${String(this.nextEvent++)}`,
      at: this.instant(),
      value: null,
      unit: null,
      reason: null,
      confirmed: [],
      note: null,
      superseded: false,
      ...event,
    };
    this.hear(line, { ...heard, events: [...events, made] });
    this.setSync({ waiting: this.state.waiting + 1 });
    this.show(this.known(tour), [line], []);
    return this.detail(tour, line);
  }

  private show(tour: DemoTour, lines: readonly Line[], newly: readonly string[]): void {
    this.emit({
      event: 'meters',
      tour: tour.id,
      meters: lines.map((line) => this.row(line)),
      progress: progressOf(tour.lines.map((line) => this.row(line))),
      newly_heard: [...newly],
    });
  }

  /** Takes one frame in. Returns the line, and whether this walk hears it for the first time. */
  private take(frame: RecordedFrame): { line: Line; newly: boolean } | null {
    const found = frame.line === null ? undefined : this.lines.get(frame.line);
    if (found === undefined) return null;
    const before = this.heardOf(found.line);
    this.hear(found.line, {
      ...before,
      times: before.times + Number(!frame.damaged),
      damaged: before.damaged + Number(frame.damaged),
      lastAt: this.instant(),
      rssi: frame.rssi_dbm,
      linkMode: frame.link_mode,
    });
    return { line: found.line, newly: before.times === 0 && !frame.damaged };
  }

  /** Hears a recording on from where this walk is in it, group by group. */
  private listen(tour: DemoTour, frames: readonly RecordedFrame[]): void {
    const { clock, commitEvery, framesPerCommit } = this.options;
    let cancel = (): void => undefined;
    this.stopListening = () => {
      cancel();
      this.stopListening = null;
    };
    const step = (): void => {
      const walk = this.openWalk;
      if (walk === null) return;
      const failure = this.failures.walk.shift();
      if (failure !== undefined) {
        this.stopListening = null;
        this.setWalk({ ...walk, listening: false, receiver: SILENT });
        this.emit({ event: 'problem', problem: refuse(failure, true).problem });
        return;
      }
      const at = this.positions.get(tour.id) ?? 0;
      const group = frames.slice(at, at + framesPerCommit);
      this.positions.set(tour.id, at + group.length);
      const own = group.map((frame) => this.take(frame)).filter((taken) => taken !== null);
      const finished = at + group.length >= frames.length;
      this.state = { ...this.state, waiting: this.state.waiting + own.length };
      this.show(tour, [...new Set(own.map(({ line }) => line))], [...new Set(own.filter(({ newly }) => newly).map(({ line }) => line.id))]);
      this.setSync({});
      this.setWalk({
        ...walk,
        listening: !finished,
        receiver: finished
          ? SILENT
          : { ...walk.receiver, state: 'receiving', frames_per_minute: Math.round((60_000 / commitEvery) * framesPerCommit) },
        foreign_frames: walk.foreign_frames + group.length - own.length,
        finished,
      });
      if (finished) this.stopListening = null;
      else cancel = clock.after(commitEvery, step);
    };
    cancel = clock.after(commitEvery, step);
  }

  /** What an earlier run of the app heard before it was closed. */
  private walkBefore(id: string, share: number): void {
    const tour = this.known(id);
    const frames = recordingOf(tour, this.options.seed);
    const heard = Math.round(frames.length * share);
    const own = frames.slice(0, heard).filter((frame) => this.take(frame) !== null).length;
    this.positions.set(id, heard);
    this.state = { ...this.state, waiting: own };
    this.openWalk = {
      tour: id,
      started_at: this.instant(),
      listening: false,
      source: RECORDING,
      receiver: SILENT,
      foreign_frames: heard - own,
      rejected_lines: 0,
      finished: heard >= frames.length,
    };
  }
}
