import type { Instant, LocalDate } from '../model';
import type { Language } from '../messages/message';

const LOCALES: Record<Language, string> = { en: 'en-GB', de: 'de-DE', ru: 'ru-RU', zh: 'zh-CN' };

const made = new Map<string, Intl.DateTimeFormat>();
const relatives = new Map<Language, Intl.RelativeTimeFormat>();

function formatter(language: Language, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${name}`;
  let format = made.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(LOCALES[language], options);
    made.set(key, format);
  }
  return format;
}

/** Writes a date that has no zone, such as a meter's due date. The day never moves with the reader's zone. */
export function formatDate(date: LocalDate, language: Language): string {
  const at = new Date(`${date.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return date;
  return formatter(language, 'date', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(at);
}

/** Writes an instant in the reader's zone, to the minute. */
export function formatInstant(instant: Instant, language: Language): string {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return instant;
  return formatter(language, 'instant', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(at);
}

/** Writes the time of day of an instant in the reader's zone. */
export function formatTime(instant: Instant, language: Language): string {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return instant;
  return formatter(language, 'time', { hour: '2-digit', minute: '2-digit' }).format(at);
}

/** Writes how long ago something was, in the largest unit that fits: "12 seconds ago", "yesterday". */
export function formatAgo(instant: Instant, now: number, language: Language): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(instant)) / 1000));
  if (Number.isNaN(seconds)) return instant;
  let relative = relatives.get(language);
  if (relative === undefined) {
    relative = new Intl.RelativeTimeFormat(LOCALES[language], { numeric: 'auto', style: 'short' });
    relatives.set(language, relative);
  }
  if (seconds < 60) return relative.format(-seconds, 'second');
  if (seconds < 3600) return relative.format(-Math.floor(seconds / 60), 'minute');
  if (seconds < 86_400) return relative.format(-Math.floor(seconds / 3600), 'hour');
  return relative.format(-Math.floor(seconds / 86_400), 'day');
}
