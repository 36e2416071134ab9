import { language, say, t } from './messages';

/** Says what the office wrote in the reader's language where it is one of the usual words; otherwise as it was written. */
export function sayUsual(prefix: 'medium' | 'place', text: string): string {
  const code = text.trim().toLowerCase().replaceAll(' ', '_');
  const said = say(prefix, code);
  return said === code ? text : said;
}

/** Says a floor in words: `Cellar`, `Floor 2`; what is neither a number nor a usual word stays as it was written. */
export function sayFloor(floor: string): string {
  const written = floor.trim().toLowerCase();
  if (written === '0' || written === 'ground floor') return t('floor.ground');
  if (written === 'cellar' || written === 'basement' || /^-\d+$/.test(written)) return t('floor.cellar');
  if (written === 'attic') return t('floor.attic');
  return /^\d+$/.test(written) ? t('floor.upper', { number: written }) : floor;
}

/** The days and hours in which a meter sends: ISO weekday numbers, 1 is Monday; whole hours, the last one excluded. */
export interface DaysAndHours {
  readonly first_day: number;
  readonly last_day: number;
  readonly from_hour: number;
  readonly to_hour: number;
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Reads what the server keeps, such as `Mon-Fri 08-18`, `Sat 07-12` or `06-20` for every day. */
export function readDaysAndHours(text: string): DaysAndHours | undefined {
  const match = /^(?:([a-z]{3})(?:-([a-z]{3}))? )?(\d\d?)-(\d\d?)$/i.exec(text.trim());
  if (match === null) return undefined;
  const [, first = 'mon', last = match[1] ?? 'sun', from, to] = match;
  const day = (name: string): number => DAYS.indexOf(name.toLowerCase()) + 1;
  const window = { first_day: day(first), last_day: day(last), from_hour: Number(from), to_hour: Number(to) };
  return window.first_day > 0 && window.last_day > 0 ? window : undefined;
}

function weekday(day: number): string {
  // 1 January 2024 was a Monday.
  const date = new Date(Date.UTC(2024, 0, day));
  return new Intl.DateTimeFormat(language(), { weekday: 'short', timeZone: 'UTC' }).format(date).replace(/\.$/, '');
}

/** Says when a meter sends: `sends Mon–Fri 08–18 only`. */
export function sayDaysAndHours({ first_day, last_day, from_hour, to_hour }: DaysAndHours): string {
  const first = weekday(first_day);
  const days = first_day === last_day ? first : t('because.days', { first, last: weekday(last_day) });
  const hour = (whole: number): string => String(whole).padStart(2, '0');
  return t('because.outside_window', { days, from: hour(from_hour), to: hour(to_hour) });
}
