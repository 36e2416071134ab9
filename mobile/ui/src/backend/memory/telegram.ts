import type { TelegramExplanation, TelegramPart } from '@walkby/ui';

/** What a telegram of the demonstration says. */
export interface Content {
  readonly manufacturer: string;
  readonly radioId: string;
  readonly version: number;
  readonly deviceType: number;
  readonly accessNumber: number;
  readonly status: number;
  readonly records: readonly Entry[];
}

/** One data record: its header, its data least significant byte first, and what that means. */
export interface Entry {
  readonly dib: string;
  readonly vib: string;
  readonly data: string;
  readonly storage: number;
  readonly quantity: string;
  readonly value: string;
}

const byte = (value: number): string => (value & 0xff).toString(16).toUpperCase().padStart(2, '0');
const word = (value: number): string => byte(value) + byte(value >> 8);
const reversed = (hex: string): string => (hex.match(/../g) ?? []).reverse().join('');

/** Three letters as EN 13757-4 packs them. */
function packed(manufacturer: string): number {
  return [...manufacturer].reduce((all, letter) => all * 32 + (letter.charCodeAt(0) - 64), 0);
}

/** Digits as BCD, least significant byte first. */
export function bcd(digits: string, bytes: number): string {
  return reversed(digits.padStart(bytes * 2, '0').slice(-bytes * 2));
}

/** A date as type G of EN 13757-3. */
export function typeG(date: string): string {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const short = year % 100;
  return byte(day | ((short & 0x07) << 5)) + byte(month | ((short & 0x78) << 1));
}

/** Writes an unencrypted telegram with a short transport header, and says what every byte is. */
export function write(content: Content): TelegramExplanation {
  const parts: TelegramPart[] = [];
  let hex = '';
  const add = (layer: string, field: string, bytes: string, text: string, value: string | null = null, depth = 0): void => {
    parts.push({ offset: hex.length / 2, length: bytes.length / 2, of: 'air', depth, layer, field, text, value, warning: false });
    hex += bytes;
  };
  const payload = content.records.map(({ dib, vib, data }) => dib + vib + data).join('');
  add('DLL', 'L', byte(9 + 5 + payload.length / 2), 'length of what follows, in bytes', String(14 + payload.length / 2));
  add('DLL', 'C', '44', 'SND-NR: sends unasked, wants no answer');
  add('DLL', 'M', word(packed(content.manufacturer)), 'manufacturer', content.manufacturer);
  add('DLL', 'A', reversed(content.radioId), 'identification number', content.radioId);
  add('DLL', 'A', byte(content.version), 'version', byte(content.version));
  add('DLL', 'A', byte(content.deviceType), 'device type', byte(content.deviceType));
  add('TPL', 'CI', '7A', 'short transport header, then data records');
  add('TPL', 'ACC', byte(content.accessNumber), 'access number', String(content.accessNumber));
  add('TPL', 'ST', byte(content.status), content.status === 0 ? 'status: no error' : 'status: see the alarms');
  add('TPL', 'CF', '0000', 'security mode 0: not encrypted');
  for (const { dib, vib, data, storage, quantity, value } of content.records) {
    const start = hex.length / 2;
    const length = (dib + vib + data).length / 2;
    const about = storage === 0 ? 'now' : `storage ${String(storage)}`;
    parts.push({ offset: start, length, of: 'air', depth: 0, layer: 'APL', field: quantity, text: about, value, warning: false });
    add('APL', 'DIB', dib, `type and storage number of the data (${about})`, null, 1);
    add('APL', 'VIB', vib, `quantity and unit: ${quantity}`, null, 1);
    add('APL', 'Data', data, 'least significant byte first', value, 1);
  }
  return { hex, plain_hex: null, parts };
}

/** The published example of an encrypted telegram: OMS Specification Vol. 2, Annex N.2.1 (security mode 5). */
export const OMS_EXAMPLE: TelegramExplanation = {
  hex: '2E4493157856341233037A2A0020255923C95AAA26D1B2E7493B013EC4A6F6D3529B520EDFF0EA6DEFC99D6D69EBF3',
  plain_hex: '2F2F0C1427048502046D32371F1502FD1700002F2F2F2F2F2F2F2F2F2F2F2F2F',
  parts: [
    at('air', 0, 1, 0, 'DLL', 'L', 'length of what follows, in bytes', '46'),
    at('air', 1, 1, 0, 'DLL', 'C', 'SND-NR: sends unasked, wants no answer'),
    at('air', 2, 2, 0, 'DLL', 'M', 'manufacturer', 'ELS'),
    at('air', 4, 4, 0, 'DLL', 'A', 'identification number', '12345678'),
    at('air', 8, 1, 0, 'DLL', 'A', 'version', '33'),
    at('air', 9, 1, 0, 'DLL', 'A', 'device type: gas', '03'),
    at('air', 10, 1, 0, 'TPL', 'CI', 'short transport header, then data records'),
    at('air', 11, 1, 0, 'TPL', 'ACC', 'access number', '42'),
    at('air', 12, 1, 0, 'TPL', 'ST', 'status: no error'),
    at('air', 13, 2, 0, 'TPL', 'CF', 'security mode 5: AES-CBC, 2 blocks'),
    at('air', 15, 32, 0, 'TPL', 'Encrypted', 'two blocks of 16 bytes, opened with the key of the meter'),
    at('plain', 0, 2, 0, 'APL', 'Fill', 'two fill bytes show that the key fits'),
    at('plain', 2, 6, 0, 'APL', 'volume', 'now', '28504.27 m³'),
    at('plain', 2, 1, 1, 'APL', 'DIB', '8 digits BCD, now'),
    at('plain', 3, 1, 1, 'APL', 'VIB', 'volume in 0.01 m³'),
    at('plain', 4, 4, 1, 'APL', 'Data', 'least significant byte first', '02850427'),
    at('plain', 8, 6, 0, 'APL', 'date_time', 'now', '2008-05-31T23:50'),
    at('plain', 8, 1, 1, 'APL', 'DIB', '32-bit integer, now'),
    at('plain', 9, 1, 1, 'APL', 'VIB', 'date and time, type F'),
    at('plain', 10, 4, 1, 'APL', 'Data', 'least significant byte first', '2008-05-31T23:50'),
    at('plain', 14, 5, 0, 'APL', 'error_flags', 'now', '0'),
    at('plain', 14, 1, 1, 'APL', 'DIB', '16-bit integer, now'),
    at('plain', 15, 2, 1, 'APL', 'VIB', 'error flags'),
    at('plain', 17, 2, 1, 'APL', 'Data', 'no flag is set', '0'),
    at('plain', 19, 13, 0, 'APL', 'Fill', 'fill bytes up to the end of the block'),
  ],
};

function at(
  of: TelegramPart['of'],
  offset: number,
  length: number,
  depth: number,
  layer: string,
  field: string,
  text: string,
  value: string | null = null,
): TelegramPart {
  return { offset, length, of, depth, layer, field, text, value, warning: false };
}
