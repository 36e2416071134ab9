import type { Language } from '../messages/message';

/** The digits of an exact decimal: `−12.50` is `{ negative: true, digits: 1250n, scale: 2 }`. */
interface Digits {
  readonly negative: boolean;
  readonly digits: bigint;
  readonly scale: number;
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** A narrow space that does not break a number over two lines. */
const THIN = '\u202f';
const MARKS: Record<Language, { group: string; point: string }> = {
  en: { group: ',', point: '.' },
  de: { group: '.', point: ',' },
  ru: { group: THIN, point: ',' },
  zh: { group: ',', point: '.' },
};

function digitsOf(text: string): Digits | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  return { negative: sign === '-', digits: BigInt(whole + fraction), scale: fraction.length };
}

/** Whether the text is an exact decimal with a point. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/**
 * Writes an exact decimal in the manner of a language. Works on the digits as text, so every digit of the
 * meter's value stands there, trailing zeros included. What is no decimal is returned as it is.
 */
export function formatDecimal(text: string, language: Language): string {
  const match = DECIMAL.exec(text);
  if (match === null) return text;
  const [, sign, whole = '', fraction] = match;
  const { group, point } = MARKS[language];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group);
  return `${sign === '-' ? '−' : ''}${grouped}${fraction === undefined ? '' : point + fraction}`;
}

/** A value with its unit, kept together on one line. */
export function formatValue(text: string, unit: string | null | undefined, language: Language): string {
  const number = formatDecimal(text, language);
  return unit ? `${number}\u00a0${unit}` : number;
}

/**
 * Reads what a person typed: digits with at most one comma or point, which is always the decimal mark.
 * Group marks are not taken, since `1.234` would then have two meanings. Returns the decimal with a point.
 */
export function readTypedDecimal(typed: string): string | undefined {
  const text = typed.replace(/[\s\u00a0\u202f]/g, '').replace(',', '.');
  if (!/^\d+(\.\d+)?$/.test(text)) return undefined;
  return text.replace(/^0+(?=\d)/, '');
}

/** Compares two exact decimals by value: negative, zero or positive. What is no decimal compares as equal. */
export function compareDecimals(left: string, right: string): number {
  const a = digitsOf(left);
  const b = digitsOf(right);
  if (a === undefined || b === undefined) return 0;
  const scale = Math.max(a.scale, b.scale);
  const aligned = (d: Digits): bigint => (d.negative ? -d.digits : d.digits) * 10n ** BigInt(scale - d.scale);
  const difference = aligned(a) - aligned(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The exact difference `left − right`, with as many places as the longer of both. */
export function subtractDecimals(left: string, right: string): string | undefined {
  const a = digitsOf(left);
  const b = digitsOf(right);
  if (a === undefined || b === undefined) return undefined;
  const scale = Math.max(a.scale, b.scale);
  const aligned = (d: Digits): bigint => (d.negative ? -d.digits : d.digits) * 10n ** BigInt(scale - d.scale);
  const difference = aligned(a) - aligned(b);
  const digits = (difference < 0n ? -difference : difference).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale === 0 ? '' : `.${digits.slice(-scale)}`;
  return `${difference < 0n ? '-' : ''}${whole}${fraction}`;
}
