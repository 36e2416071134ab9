import { isMessageKey, say, t } from '@walkby/ui';
import type { TourMeterRow } from '../backend/model';

/** Says what stands after `prefix.`, or nothing where there are no words for it. */
export function sayIfKnown(prefix: string, code: string): string | undefined {
  return isMessageKey(`${prefix}.${code}`) ? say(prefix, code) : undefined;
}

/** Why a line is in its state, as half a sentence; empty where the state itself or the value beside it says all. */
export function sayWhy(line: Pick<TourMeterRow, 'state' | 'reason' | 'radio_id'>): string {
  switch (line.state) {
    case 'read':
    case 'heard_no_key':
    case 'heard_wrong_key':
      return '';
    case 'open':
      return t(line.radio_id === null ? 'because.no_radio' : 'because.not_heard_yet');
    default: {
      const { reason } = line;
      if (reason === null) return '';
      return sayIfKnown('because', reason) ?? sayIfKnown('verdict', reason) ?? say('skip', reason);
    }
  }
}
