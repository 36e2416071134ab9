/** An exact decimal as text with a point, such as `"123.529"`. Never a float. */
export type DecimalText = string;
/** An instant in UTC, RFC 3339, such as `"2026-11-21T08:30:00Z"`. */
export type Instant = string;
/** A date without a zone, such as `"2026-12-31"`. */
export type LocalDate = string;

/** What a line of a tour has come to; the words of the engine and the server. */
export const METER_STATES = [
  'open',
  'heard_no_key',
  'heard_wrong_key',
  'heard_undecodable',
  'implausible',
  'skipped',
  'manual',
  'read',
] as const;
export type MeterState = (typeof METER_STATES)[number];

/** Which of a meter's values it is. */
export type ValueKind = 'due_date' | 'month' | 'current' | 'manual' | 'estimated' | 'previous';

/** One stretch of a telegram and what it means. */
export interface TelegramPart {
  /** First byte, counted in `hex` or, with `of: 'plain'`, in `plain_hex`. */
  readonly offset: number;
  readonly length: number;
  readonly of: 'air' | 'plain';
  /** 0 for a field, 1 for a piece of the field before it. */
  readonly depth: number;
  /** `DLL ELL NWL AFL TPL APL`. */
  readonly layer: string;
  /** The standard's name of the field. */
  readonly field: string;
  /** What it means, in English as the decoder says it. */
  readonly text: string;
  readonly value: string | null;
  readonly warning: boolean;
}

/** A telegram with every byte accounted for. Keys never appear in it. */
export interface TelegramExplanation {
  readonly hex: string;
  /** The decrypted stretch, where there is one. */
  readonly plain_hex: string | null;
  readonly parts: readonly TelegramPart[];
}
