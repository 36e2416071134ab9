import { compareDecimals, readTypedDecimal } from '@walkby/ui';
import type { ManualCheck, Verdict } from '../model';
import { BackendError } from '../problem';

/** What a line says of the value that is to be expected. */
export interface Expectation {
  readonly previous_value: string | null;
  readonly low: string | null;
  readonly high: string | null;
  /** Digits of the display before the decimal mark. */
  readonly digits: number | null;
}

/** Judges a value against what the office expects. */
export function judge(value: string, expected: Expectation): Verdict[] {
  const verdicts: Verdict[] = [];
  const { previous_value: previous, low, high, digits } = expected;
  const whole = value.split('.')[0] ?? '';
  if (digits !== null && whole.length > digits) verdicts.push('too_many_digits');
  if (previous !== null && compareDecimals(value, previous) < 0) verdicts.push('below_previous');
  else if (low !== null && compareDecimals(value, low) < 0) verdicts.push('below_low');
  if (high !== null && compareDecimals(value, high) > 0) verdicts.push('above_high');
  return verdicts;
}

/** Reads what was typed and judges it. */
export function check(typed: string, expected: Expectation): ManualCheck {
  const value = readTypedDecimal(typed);
  if (value === undefined) {
    throw new BackendError({ code: 'not_a_number', message: 'the entry is not a decimal number', retry: false });
  }
  return { value, verdicts: judge(value, expected) };
}
