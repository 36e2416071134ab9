/**
 * What the engine says to the window, word for word as it comes over the bridge (`snake_case`, `null` for
 * what is absent). Values of meters are exact decimals as text. Instants are RFC 3339 text in UTC; dates
 * that a meter or the office gave are `YYYY-MM-DD` without a zone.
 */
import type { DecimalText, Instant, LocalDate, MeterState, ValueKind } from '@walkby/ui';

export type TourId = string;
export type TourMeterId = string;
export type TelegramId = string;
export type EventId = string;
export type SourceId = string;

/** What is true of this installation once its store is open. */
export interface Start {
  app_version: string;
  /** What this handheld is paired with; null before the first pairing. */
  pairing: Pairing | null;
  settings: Settings;
  /** The walk that was open when the app was closed or killed; the app opens there. */
  open_walk: Walk | null;
}

export interface Pairing {
  server_name: string;
  /** The server's address, without `https://`. */
  server: string;
  handheld_name: string;
}

export interface PairRequest {
  server: string;
  code: string;
  handheld_name: string;
  /** SHA-256 of the certificate, from the QR code, where the server signed its own; hexadecimal. */
  certificate_sha256: string | null;
}

export interface Settings {
  /** Null follows the system. */
  language: 'en' | 'de' | 'ru' | 'zh' | null;
  theme: 'system' | 'light' | 'dark' | 'contrast';
  sound: boolean;
  vibration: boolean;
}

/** How many lines of a tour are in each state; the states add up to `meters`. */
export type Progress = { meters: number } & Record<MeterState, number>;

export interface TourSummary {
  id: TourId;
  name: string;
  due_date: LocalDate | null;
  progress: Progress;
  /** Lines without a key whose meter sends by radio. */
  missing_keys: number;
  /** False while its lines are still being pulled. */
  whole: boolean;
  /** The office took the tour back: its facts are kept until they are safe. */
  withdrawn: boolean;
}

/** The days and hours in which a meter sends, in standard time, as the tour or the meter's profile says. */
export interface SendingWindow {
  /** ISO weekday numbers: 1 is Monday. */
  first_day: number;
  last_day: number;
  /** Whole hours: `from_hour ≤ now < to_hour`. */
  from_hour: number;
  to_hour: number;
}

/** What is odd about a value; a person may confirm it to be right all the same. */
export type Verdict =
  | 'below_previous'
  | 'below_low'
  | 'above_high'
  | 'too_many_digits'
  /** Ten times the previous value or more, where the office gave no highest one. */
  | 'jump'
  | 'wrong_medium'
  | 'wrong_unit'
  /** Hints, which make no value implausible. */
  | 'rollover'
  | 'zero'
  | 'inactive';

/** Why a meter is in its state. Every state has one. */
export type Why =
  | { code: 'not_heard_yet' }
  /** Not heard, and cannot be heard now. */
  | { code: 'outside_window'; window: SendingWindow }
  /** The meter has no radio. */
  | { code: 'no_radio' }
  | { code: 'no_key' }
  | { code: 'wrong_key' }
  /** Receptions whose checksums or line code do not fit. */
  | { code: 'damaged'; times: number }
  /** A compact frame whose format was not heard yet. */
  | { code: 'format_unknown' }
  | { code: 'unsupported' }
  /** Telegrams with values, but without a total of what is billed. */
  | { code: 'no_billable_value' }
  | { code: 'read_by_radio'; kind: ValueKind; date: LocalDate | null }
  | { code: 'read_by_hand' }
  | { code: 'skipped'; reason: string }
  | { code: 'implausible'; verdict: Verdict };

/** One line of a tour, as the list shows it. */
export interface MeterRow {
  id: TourMeterId;
  /** Position in the walking order. */
  position: number;
  street: string;
  house: string;
  entrance: string;
  floor: string;
  flat: string;
  place: string;
  /** Who lives there, where the tour carries names; empty otherwise. */
  name: string;
  meter_number: string;
  radio_id: string | null;
  manufacturer: string | null;
  /** In the office's words, such as `cold water`. */
  medium: string;
  state: MeterState;
  why: Why;
  last_heard_at: Instant | null;
  times_heard: number;
  /** Of the last reception. */
  rssi_dbm: number | null;
  /** The billing value by the tour's rule, if there is one yet. */
  value: DecimalText | null;
  unit: string | null;
  /** Codes of the alarms that hold, such as `leak`. */
  alarms: string[];
  /** The office's note to the reader. */
  note: string;
}

export interface Tour extends TourSummary {
  meters: MeterRow[];
}

export interface MeterValue {
  kind: ValueKind;
  /** `volume`, `energy` …; the decoder's word. */
  quantity: string;
  /** Null where the meter itself says that it has none; never 0. */
  value: DecimalText | null;
  unit: string;
  /** The day that the value belongs to. */
  date: LocalDate | null;
  /** The telegram that it was read from; null for a value that was typed. */
  telegram: TelegramId | null;
}

export interface MeterAlarm {
  code: string;
  since: LocalDate | null;
  /** Only of an alarm that is past. */
  until: LocalDate | null;
}

/** What a person did at a meter. A correction is a new one that names the old one. */
export interface MeterEvent {
  id: EventId;
  kind: 'manual_reading' | 'skip' | 'note' | 'photo';
  at: Instant;
  value: DecimalText | null;
  unit: string | null;
  reason: string | null;
  confirmed: Verdict[];
  note: string | null;
  superseded: boolean;
}

export interface MeterTelegram {
  id: TelegramId;
  last_heard_at: Instant;
  times_heard: number;
  rssi_dbm: number | null;
  link_mode: string | null;
  /** `records`, `no_key`, `wrong_key` … */
  outcome: string;
}

export interface MeterDetail extends MeterRow {
  tour: TourId;
  customer_ref: string;
  account_ref: string;
  due_date: LocalDate | null;
  previous_value: DecimalText | null;
  previous_date: LocalDate | null;
  low: DecimalText | null;
  high: DecimalText | null;
  digits: number | null;
  /** Columns of the office that pass through untouched. */
  extra: Record<string, string>;
  /** Due date first, then months from new to old, then now. */
  values: MeterValue[];
  alarm_details: MeterAlarm[];
  /** What the meter only remembers; none of them is in `alarms`. */
  past_alarms: MeterAlarm[];
  /** Values of earlier dates and of this walk, oldest first. */
  history: { date: LocalDate; value: DecimalText; kind: ValueKind }[];
  /** Newest first. */
  events: MeterEvent[];
  telegrams: MeterTelegram[];
}

/** Why a value was typed or a meter skipped; the office may have given others, shown as they are. */
export interface ReasonCodes {
  manual: string[];
  skip: string[];
}

export interface ManualCheck {
  /** The value as it would be stored, with a point. */
  value: DecimalText;
  verdicts: Verdict[];
}

export interface ManualEntry {
  tour: TourId;
  meter: TourMeterId;
  /** What was typed: digits with at most one comma or point. */
  typed: string;
  reason: string;
  /** The verdicts that the reader saw and confirmed. An entry whose verdicts are not all here is refused. */
  confirmed: Verdict[];
  note: string | null;
}

/** Something that hears: a receiver, or a recording for training. */
export interface Source {
  id: SourceId;
  kind: 'receiver' | 'recording';
  name: string;
}

export type ReceiverState = 'idle' | 'receiving' | 'overloaded' | 'nothing_heard' | 'lost';

export interface Receiver {
  state: ReceiverState;
  /** All frames of the last minute, foreign ones too. */
  frames_per_minute: number;
  /** Frames of the last minute whose checksums or line code did not fit. */
  damaged_per_minute: number;
  /** What it calls itself, once it answered. */
  model: string | null;
  /** What it hears now, such as `t,c`; one that takes turns hears something else soon. */
  link_modes: string | null;
}

/** What a receiver showed while it was tried out. */
export interface ReceiverTrial {
  model: string | null;
  id: string | null;
  firmware: string | null;
  state: ReceiverState;
  link_modes: string | null;
  /** Frames that were heard whole. */
  frames: number;
  /** What else came. */
  damaged: number;
  /** Meters that were heard. */
  meters: number;
  best_rssi_dbm: number | null;
}

export interface Walk {
  tour: TourId;
  started_at: Instant;
  /** Whether it listens now. */
  listening: boolean;
  source: Source | null;
  receiver: Receiver;
  /** Telegrams of meters that are not in the tour: counted, and forgotten. */
  foreign_frames: number;
  /** Frames that came damaged, and lines of a recording that could not be read. */
  rejected_lines: number;
  /** A recording that was heard to its end. */
  finished: boolean;
}

export type SyncPhase = 'idle' | 'connecting' | 'pulling' | 'pushing';

export interface Sync {
  phase: SyncPhase;
  /** Facts that wait on this handheld. */
  waiting: number;
  /** Facts that are on their way, without a receipt. */
  in_flight: number;
  /** Facts with a receipt, kept here until the server's backup covers them. */
  receipted: number;
  /** Facts that the server's backup covers. */
  safe: number;
  /** Facts that the server keeps apart, for the office to look at. */
  quarantined: number;
  /** Stays until a receipt arrives, however often the app is started. */
  failure: SyncFailure | null;
  last_receipt_at: Instant | null;
  last_pulled_at: Instant | null;
  /** This handheld's clock less the server's; null before the first contact. */
  clock_offset_ms: number | null;
}

export interface SyncFailure {
  error: Problem;
  since: Instant;
  attempts: number;
}

/** What went wrong: a code for the window, words for a log, and whether the same again may succeed. */
export interface Problem {
  code: string;
  message: string;
  retry: boolean;
}

/** Everything that the engine says unasked, in the order in which it was committed. */
export type BackendEvent =
  /** The walk started, stopped, or its receiver changed. */
  | { event: 'walk'; walk: Walk }
  /**
   * Lines changed; already on disk. At most one each 100 ms. `newly_heard` are those of them that this walk
   * had not heard before: one signal for the reader; repetitions of a telegram are not in it.
   */
  | { event: 'meters'; tour: TourId; meters: MeterRow[]; progress: Progress; newly_heard: TourMeterId[] }
  | { event: 'sync'; sync: Sync }
  /** Tours came, changed or were withdrawn. */
  | { event: 'tours'; tours: TourSummary[] }
  /** Something failed that nobody waits for, such as the disk being full during a walk. */
  | { event: 'problem'; problem: Problem };
