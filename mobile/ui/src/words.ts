import { formatDate, language, say, sayDaysAndHours, sayFloor, sayUsual, t } from '@walkby/ui';
import type { MeterRow, Problem, Why } from './backend/model';
import { PROBLEM_CODES, type ProblemCode } from './backend/problem';

/** Why a meter is in its state, as half a sentence. */
export function because(why: Why): string {
  switch (why.code) {
    case 'outside_window':
      return sayDaysAndHours(why.window);
    case 'damaged':
      return t('because.damaged', { count: why.times });
    case 'read_by_radio':
      return t('because.read_by_radio', {
        kind: say('value_kind', why.kind),
        date: why.date === null ? '' : formatDate(why.date, language()),
      }).trim();
    case 'skipped':
      return say('skip', why.reason);
    case 'implausible':
      return say('verdict', why.verdict);
    default:
      return t(`because.${why.code}`);
  }
}

/** Where the meter hangs: `2.1 · Kitchen`. */
export function placeOf(row: Pick<MeterRow, 'flat' | 'place' | 'floor'>): string {
  return [row.flat === '' ? sayFloor(row.floor) : row.flat, sayUsual('place', row.place)].filter((part) => part !== '').join(' · ');
}

/** What happened, and what to do. */
export function problemWords(problem: Problem): { readonly title: string; readonly todo: string; readonly code: string | null } {
  const code = PROBLEM_CODES.find((candidate): candidate is ProblemCode => candidate === problem.code) ?? 'internal';
  const shown = code === 'internal' || code === 'refused';
  return { title: t(`error.${code}`), todo: t(`error.${code}.todo`), code: shown ? problem.code : null };
}
