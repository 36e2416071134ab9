import { say, t } from './messages';

/** Says what the office wrote in the reader's language where it is one of the usual words; otherwise as it was written. */
export function sayUsual(prefix: 'medium' | 'place', text: string): string {
  const code = text.trim().toLowerCase().replaceAll(' ', '_');
  const said = say(prefix, code);
  return said === code ? text : said;
}

/** Says a floor in words: `Cellar`, `Floor 2`; what is no number stays as it was written. */
export function sayFloor(floor: string): string {
  if (floor === '0') return t('floor.ground');
  if (/^-\d+$/.test(floor)) return t('floor.cellar');
  return /^\d+$/.test(floor) ? t('floor.upper', { number: floor }) : floor;
}
