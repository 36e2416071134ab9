import type { SendingWindow } from '../model';

/**
 * Whether a meter sends at an instant. Meters keep standard time the year round, so the offset is that of
 * winter whatever the phone's clock shows.
 */
export function sendsAt(window: SendingWindow, at: number, standardOffsetMinutes: number): boolean {
  const local = new Date(at + standardOffsetMinutes * 60_000);
  const day = local.getUTCDay() === 0 ? 7 : local.getUTCDay();
  const hour = local.getUTCHours();
  return day >= window.first_day && day <= window.last_day && hour >= window.from_hour && hour < window.to_hour;
}
