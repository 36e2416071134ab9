/**
 * What the server says to the office page, word for word as it stands on the wire.
 *
 * Values of meters are exact decimals as text. Instants are RFC 3339 text in UTC; dates that a meter
 * sent are `YYYY-MM-DD` or `YYYY-MM-DDThh:mm[:ss]` without a zone. A word that this version does not
 * know is passed on and shown as it is, hence `Open<…>`.
 */
import type { DecimalText, Instant, LocalDate, MeterState, TelegramExplanation, ValueKind } from '@walkby/ui';

/** One of the words of `Known`, or a word of a newer server. */
export type Open<Known extends string> = Known | (string & Record<never, never>);

export type TourId = string;
export type TourMeterId = string;
export type ReplicaId = string;
export type TelegramId = string;

export interface OfficeSession {
  server_name: string;
  server_version: string;
  expires_at: Instant;
}

/** States that leave nothing to do at the meter. */
export const DONE_STATES: readonly MeterState[] = ['read', 'manual', 'skipped'];

/** The kinds of value that a line of a tour may be settled with. */
export const VALUE_KINDS = ['due_date', 'month', 'current', 'manual', 'estimated'] as const satisfies readonly ValueKind[];

/** How many lines of a tour are in each state; the states add up to `meters`. */
export type Progress = { meters: number } & Record<MeterState, number>;

export interface TourHandheld {
  replica: ReplicaId;
  name: string;
  assigned: boolean;
  pulled_at: Instant | null;
  pushed_at: Instant | null;
}

export interface TourSummary {
  id: TourId;
  name: string;
  due_date: LocalDate | null;
  created_at: Instant;
  /** Only then its handhelds see it. */
  released_at: Instant | null;
  handhelds: TourHandheld[];
  progress: Progress;
  missing_keys: number;
  alarms: number;
  changed_at: Instant;
}

export interface HouseProgress {
  street: string;
  house: string;
  meters: number;
  done: number;
}

export interface TourDetail extends TourSummary {
  houses: HouseProgress[];
}

export type Verdict = 'accepted' | 'accepted_with_warnings' | 'refused';

/** One thing that is odd about a row. */
export interface Finding {
  code: string;
  /** As the file names it; empty when it is about the whole row. */
  column: string;
  /** English words of the server, for codes that the page does not know. */
  message: string;
}

export interface RowVerdict {
  /** The line of the file on which the row begins, from 1. */
  line: number;
  verdict: Verdict;
  findings: Finding[];
}

export interface PreviewRow<What> extends RowVerdict {
  what: What | null;
}

/** Why a file cannot be read at all. */
export interface FileRefusal {
  code: string;
  line: number | null;
  message: string;
}

/** The verdict on a file that was not taken yet. */
export interface Preview<What> {
  refused_file: FileRefusal | null;
  columns: { header: string; field: string | null }[];
  rows: PreviewRow<What>[];
  rows_left_off: number;
  counts: Record<Verdict, number>;
}

export interface PreviewMeter {
  street: string;
  house: string;
  flat: string;
  place: string;
  meter_number: string;
  radio_id: string | null;
  manufacturer: string | null;
  medium: string;
  has_key: boolean;
}

export interface PreviewKey {
  identification_number: string;
  manufacturer: string | null;
  lines: number;
  waiting_telegrams: number;
  opens: boolean | null;
}

export interface TourImport {
  tour: TourId | null;
  accepted: number;
  refused: number;
  rows: RowVerdict[];
}

export interface KeyImport {
  accepted: number;
  known: number;
  refused: number;
  decoded_again: number;
  rows: RowVerdict[];
}

export interface TourMeterRow {
  id: TourMeterId;
  position: number;
  site: string;
  street: string;
  house: string;
  entrance: string;
  floor: string;
  flat: string;
  place: string;
  /** Who lives there, where the tour says it. */
  name: string;
  meter_number: string;
  radio_id: string | null;
  meter: string | null;
  medium: string;
  has_key: boolean;
  state: MeterState;
  reason: string | null;
  value: DecimalText | null;
  unit: string | null;
  value_kind: Open<ValueKind> | null;
  value_date: LocalDate | null;
  previous_value: DecimalText | null;
  previous_date: LocalDate | null;
  consumption: DecimalText | null;
  alarms: string[];
  read_at: Instant | null;
  handheld: string | null;
  telegram: TelegramId | null;
  times_heard: number;
}

export type MeterSort = 'position' | 'meter_number' | 'value' | 'read_at' | 'state';

export interface MeterQuery {
  state?: MeterState | 'missing' | undefined;
  kind?: (typeof VALUE_KINDS)[number] | undefined;
  alarm?: string | undefined;
  house?: string | undefined;
  q?: string | undefined;
  sort: MeterSort;
  order: 'asc' | 'desc';
  cursor?: string | undefined;
  limit: number;
}

export interface MeterPage {
  lines: TourMeterRow[];
  total: number;
  cursor: string | null;
}

export interface Reading {
  quantity: string;
  value: DecimalText | null;
  text: string | null;
  unit: string;
  storage: number;
  tariff: number;
  subunit: number;
  function: string;
  value_date: LocalDate | null;
  value_kind: Open<ValueKind>;
  read_at: Instant;
  method: Open<'radio' | 'manual'>;
  telegram: TelegramId | null;
  decoder_version: number | null;
}

export interface TelegramLine {
  id: TelegramId;
  content: string;
  reason: string | null;
  first_at: Instant;
  receptions: number;
  best_rssi_dbm: number | null;
  link_mode: string | null;
  handhelds: string[];
}

export interface MeterEvent {
  id: string;
  kind: Open<'manual_reading' | 'skip' | 'note' | 'photo'>;
  at: Instant;
  handheld: string;
  value: DecimalText | null;
  unit: string | null;
  reason: string | null;
  confirmed: string[];
  note: string | null;
  superseded_by: string | null;
}

export interface AlarmDetail {
  code: string;
  since: LocalDate | null;
  /** Only of an alarm that is past. */
  until: LocalDate | null;
  telegram: TelegramId | null;
}

export interface TourMeterDetail extends TourMeterRow {
  low: DecimalText | null;
  high: DecimalText | null;
  due_date: LocalDate | null;
  factor: DecimalText | null;
  digits: number | null;
  /** When it sends, such as `Mon-Fri 08-18`. */
  sends: string | null;
  note: string;
  customer_ref: string;
  account_ref: string;
  extra: Record<string, string>;
  readings: Reading[];
  telegrams: TelegramLine[];
  events: MeterEvent[];
  alarm_details: AlarmDetail[];
  /** What the meter only remembers; none of them is in `alarms`. */
  past_alarms: AlarmDetail[];
}

export interface HistoryPoint {
  date: LocalDate;
  value: DecimalText;
  kind: Open<ValueKind>;
  telegram: TelegramId | null;
}

export interface HistorySeries {
  quantity: string;
  unit: string;
  points: HistoryPoint[];
}

export interface TelegramReception {
  received_at: Instant;
  time_source: Open<'receiver' | 'handheld'>;
  handheld: string;
  receiver: string | null;
  link_mode: string | null;
  rssi_dbm: number | null;
}

/** A telegram with every byte accounted for, and who heard it. */
export interface TelegramDetail extends TelegramExplanation {
  id: TelegramId;
  meter: string | null;
  received_at: Instant | null;
  content: string;
  reason: string | null;
  security: string;
  receptions: TelegramReception[];
  /** What is odd about it, in English. */
  warnings: string[];
  /** The names of the same, in the same order. */
  warning_codes: string[];
}

export const KEY_STATES = ['works', 'wrong', 'unused'] as const;
export type KeyState = (typeof KEY_STATES)[number];

export interface KeyLine {
  identification_number: string;
  meter: string | null;
  imported_at: Instant;
  state: Open<KeyState>;
  lines: number;
  last_used_at: Instant | null;
}

export type KeyCounts = { all: number } & Record<KeyState, number>;

export interface KeyPage {
  keys: KeyLine[];
  counts: KeyCounts;
  cursor: string | null;
}

export interface KeyQuery {
  q?: string | undefined;
  state?: KeyState | undefined;
  cursor?: string | undefined;
  limit: number;
}

export interface PairingCode {
  code: string;
  expires_at: Instant;
  certificate_sha256: string | null;
}

export type SyncState = Open<'current' | 'behind' | 'silent' | 'never' | 'revoked'>;

export interface Handheld {
  replica: ReplicaId;
  name: string;
  app_version: string;
  paired_at: Instant;
  last_seen: Instant | null;
  last_push_at: Instant | null;
  sync_state: SyncState;
  unpulled_changes: number;
  waiting_items: number | null;
  tours: { id: TourId; name: string; missing: number }[];
  clock_offset_ms: number | null;
  revoked_at: Instant | null;
}

export interface AuditEntry {
  number: number;
  at: Instant;
  /** `admin`, `operator` or `handheld` and its identity. */
  actor: string;
  action: string;
  subject: string;
  detail: string;
}

/** What the server tells by itself. */
export type LiveEvent =
  | { event: 'tour'; data: TourSummary }
  | { event: 'line'; data: { tour: TourId; line: TourMeterRow } }
  | { event: 'handheld'; data: Handheld }
  | { event: 'keys'; data: KeyCounts }
  | { event: 'signed_out'; data: Record<never, never> }
  | { event: 'resync'; data: Record<never, never> };
