import type { Language } from '../messages/message';

/** Writes a count. Only for counts: a meter's value is text, see `formatDecimal`. */
export function formatCount(count: number, language: Language): string {
  return count.toLocaleString(language);
}

/** Writes how strongly a telegram was heard, on one line and with a true minus sign: `−71 dBm`. */
export function formatSignal(dbm: number, language: Language): string {
  return `${dbm < 0 ? '−' : ''}${formatCount(Math.abs(dbm), language)}\u00a0dBm`;
}
