import type { MeterRow } from '../backend/model';

/** The reason that fits the state of a meter, if the office's list has it; otherwise the first of the list. */
export function usualReason(meter: Pick<MeterRow, 'state' | 'why'>, codes: readonly string[]): string {
  const fitting = ((): string => {
    switch (meter.state) {
      case 'heard_no_key':
        return 'no_key';
      case 'heard_wrong_key':
        return 'wrong_key';
      case 'heard_undecodable':
        return 'undecodable';
      case 'implausible':
        return 'implausible';
      case 'read':
      case 'manual':
        return 'control';
      default:
        return meter.why.code === 'no_radio' ? 'no_radio' : 'not_heard';
    }
  })();
  return codes.includes(fitting) ? fitting : (codes[0] ?? '');
}
