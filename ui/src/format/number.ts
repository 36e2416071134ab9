import type { Language } from '../messages/message';

/** Writes a count. Only for counts: a meter's value is text, see `formatDecimal`. */
export function formatCount(count: number, language: Language): string {
  return count.toLocaleString(language);
}
