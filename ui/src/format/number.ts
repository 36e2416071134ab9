import type { Language } from '../messages/message';

/** To make one takes longer than to write a thousand numbers with it. */
const made = new Map<Language, Intl.NumberFormat>();

/** Writes a count. Only for counts: a meter's value is text, see `formatDecimal`. */
export function formatCount(count: number, language: Language): string {
  let format = made.get(language);
  if (format === undefined) {
    format = new Intl.NumberFormat(language);
    made.set(language, format);
  }
  return format.format(count);
}

/** Writes how strongly a telegram was heard, on one line and with a true minus sign: `−71 dBm`. */
export function formatSignal(dbm: number, language: Language): string {
  return `${dbm < 0 ? '−' : ''}${formatCount(Math.abs(dbm), language)}\u00a0dBm`;
}
