import type { DecimalText, LocalDate } from '@walkby/ui';
import type { MeterAlarm, SendingWindow } from '../model';
import type { Expectation } from './plausibility';

/** What happens to the telegrams of a meter in the demonstration. */
export type Fate =
  | 'reads'
  /** Reads, but the value is below the previous one. */
  | 'implausible'
  | 'no_key'
  | 'wrong_key'
  | 'damaged'
  /** Never comes: out of reach. */
  | 'silent'
  | 'no_radio';

/** How a medium is measured: its unit, decimal places, and the words of its telegrams. */
export interface Measure {
  readonly medium: string;
  readonly unit: string;
  readonly quantity: string;
  readonly places: number;
  readonly deviceType: number;
  readonly manufacturer: string;
  readonly version: number;
  /** VIB of the value. */
  readonly vib: string;
}

export const MEASURES = {
  cold: { medium: 'cold water', unit: 'm³', quantity: 'volume', places: 3, deviceType: 0x16, manufacturer: 'KAM', version: 0x1b, vib: '13' },
  hot: { medium: 'hot water', unit: 'm³', quantity: 'volume', places: 3, deviceType: 0x06, manufacturer: 'ZRI', version: 0x88, vib: '13' },
  heat: { medium: 'heat', unit: 'kWh', quantity: 'energy', places: 0, deviceType: 0x04, manufacturer: 'EFE', version: 0x40, vib: '06' },
  allocator: { medium: 'heat cost allocator', unit: 'HCA', quantity: 'hca_units', places: 0, deviceType: 0x08, manufacturer: 'QDS', version: 0x35, vib: '6E' },
  gas: { medium: 'gas', unit: 'm³', quantity: 'volume', places: 2, deviceType: 0x03, manufacturer: 'ELS', version: 0x33, vib: '14' },
} as const satisfies Record<string, Measure>;

/** A line of a tour with all that the office wrote, and with what its meter will send. */
export interface Line extends Expectation {
  readonly id: string;
  readonly position: number;
  readonly street: string;
  readonly house: string;
  readonly entrance: string;
  readonly floor: string;
  readonly flat: string;
  readonly place: string;
  readonly name: string;
  readonly meter_number: string;
  readonly radio_id: string | null;
  readonly measure: Measure;
  readonly due_date: LocalDate;
  readonly due_value: DecimalText;
  readonly current_value: DecimalText;
  readonly previous_date: LocalDate;
  readonly months: readonly { readonly date: LocalDate; readonly value: DecimalText }[];
  readonly earlier: readonly { readonly date: LocalDate; readonly value: DecimalText }[];
  readonly window: SendingWindow | null;
  readonly alarms: readonly MeterAlarm[];
  readonly note: string;
  readonly extra: Readonly<Record<string, string>>;
  readonly fate: Fate;
  /** Shows the published telegram of the OMS specification instead of one of our own. */
  readonly published: boolean;
}

/** Puts the decimal mark into a whole number: `decimal(123529, 3)` is `123.529`. */
export function decimal(mantissa: number, places: number): DecimalText {
  const digits = String(Math.max(0, Math.round(mantissa))).padStart(places + 1, '0');
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
