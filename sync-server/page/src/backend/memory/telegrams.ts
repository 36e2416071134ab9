import type { TelegramPart } from '@walkby/ui';
import type { TelegramDetail } from '../model';

/** What a telegram says, without who heard it. */
export type Contents = Pick<TelegramDetail, 'hex' | 'plain_hex' | 'parts' | 'security' | 'content' | 'reason'>;

/** A part of `length` bytes; its place follows from the parts before it. */
type Piece = Omit<TelegramPart, 'offset' | 'of' | 'depth' | 'value' | 'warning'> & {
  value?: string;
  warning?: boolean;
  pieces?: Piece[];
};

/** Lays pieces one after the other. */
function lay(of: 'air' | 'plain', pieces: Piece[], from = 0, depth = 0): TelegramPart[] {
  const parts: TelegramPart[] = [];
  let offset = from;
  for (const { pieces: inner, value, warning, ...piece } of pieces) {
    parts.push({ ...piece, offset, of, depth, value: value ?? null, warning: warning ?? false });
    if (inner !== undefined) parts.push(...lay(of, inner, offset, depth + 1));
    offset += piece.length;
  }
  return parts;
}

const hexByte = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');
const reversed = (digits: string): string => (digits.match(/../g) ?? []).reverse().join('');
const bcd = (number: number, digits: number): string => reversed(String(number).padStart(digits, '0'));

/** Writes a date as the two bytes of data type G. */
function typeG(date: string): string {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const short = year % 100;
  return hexByte(day | ((short & 7) << 5)) + hexByte(month | ((short >> 3) << 4));
}

/** What a plain water meter of the tour sends. */
export interface PlainTelegram {
  id: string;
  identificationNumber: string;
  accessNumber: number;
  litres: number;
  dueDate: string;
  dueLitres: number;
  leak: boolean;
}

/** Builds a telegram that is not encrypted, and explains every byte of it. */
export function plainTelegram(facts: PlainTelegram): Contents {
  const { litres, dueLitres, dueDate, leak } = facts;
  const status = leak ? 0x04 : 0x00;
  const pieces: { hex: string; piece: Piece }[] = [
    { hex: '44', piece: { length: 1, layer: 'DLL', field: 'C', text: 'send, no reply', value: '44' } },
    { hex: 'AE4C', piece: { length: 2, layer: 'DLL', field: 'M', text: 'manufacturer', value: 'SEN' } },
    {
      hex: reversed(facts.identificationNumber),
      piece: { length: 4, layer: 'DLL', field: 'A', text: 'identification number', value: facts.identificationNumber },
    },
    { hex: '68', piece: { length: 1, layer: 'DLL', field: 'A', text: 'version', value: '68' } },
    { hex: '07', piece: { length: 1, layer: 'DLL', field: 'A', text: 'device type: water', value: '07' } },
    { hex: '7A', piece: { length: 1, layer: 'TPL', field: 'CI', text: 'response with short header' } },
    { hex: hexByte(facts.accessNumber), piece: { length: 1, layer: 'TPL', field: 'ACC', text: 'access number', value: String(facts.accessNumber) } },
    {
      hex: hexByte(status),
      piece: { length: 1, layer: 'TPL', field: 'ST', text: leak ? 'status: power low' : 'status: no error', warning: leak },
    },
    { hex: '0000', piece: { length: 2, layer: 'TPL', field: 'CF', text: 'not encrypted', value: 'mode 0' } },
    {
      hex: '0C13' + bcd(litres, 8),
      piece: {
        length: 6, layer: 'APL', field: 'volume', text: 'volume', value: `${thousandths(litres)} m³`,
        pieces: [
          { length: 1, layer: 'APL', field: 'DIB', text: '8-digit BCD, instantaneous, storage 0' },
          { length: 1, layer: 'APL', field: 'VIB', text: 'volume in 10⁻³ m³' },
          { length: 4, layer: 'APL', field: 'Data', text: 'digits from the last to the first', value: String(litres).padStart(8, '0') },
        ],
      },
    },
    {
      hex: '426C' + typeG(dueDate),
      piece: {
        length: 4, layer: 'APL', field: 'date', text: 'date, storage 1', value: dueDate,
        pieces: [
          { length: 1, layer: 'APL', field: 'DIB', text: '16-bit integer, storage 1' },
          { length: 1, layer: 'APL', field: 'VIB', text: 'date, type G' },
          { length: 2, layer: 'APL', field: 'Data', text: 'day, month, year', value: dueDate },
        ],
      },
    },
    {
      hex: '4C13' + bcd(dueLitres, 8),
      piece: {
        length: 6, layer: 'APL', field: 'volume', text: 'volume, storage 1', value: `${thousandths(dueLitres)} m³`,
        pieces: [
          { length: 1, layer: 'APL', field: 'DIB', text: '8-digit BCD, instantaneous, storage 1' },
          { length: 1, layer: 'APL', field: 'VIB', text: 'volume in 10⁻³ m³' },
          { length: 4, layer: 'APL', field: 'Data', text: 'digits from the last to the first', value: String(dueLitres).padStart(8, '0') },
        ],
      },
    },
  ];
  const body = pieces.map(({ hex }) => hex).join('');
  const length = body.length / 2;
  const first: Piece = { length: 1, layer: 'DLL', field: 'L', text: `${length} bytes follow`, value: String(length) };
  return {
    content: 'records',
    reason: null,
    security: 'none',
    hex: hexByte(length) + body,
    plain_hex: null,
    parts: lay('air', [first, ...pieces.map(({ piece }) => piece)]),
  };
}

/** Writes litres as cubic metres. */
export function thousandths(litres: number): string {
  const digits = String(litres).padStart(4, '0');
  return `${digits.slice(0, -3)}.${digits.slice(-3)}`;
}

/** The gas meter of OMS Volume 2, Annex N.2.1 (security profile A), with its published key or without one. */
export function omsExample(reason: 'no_key' | 'wrong_key' | null): Contents {
  const opened = reason === null;
  const air = lay('air', [
    { length: 1, layer: 'DLL', field: 'L', text: '46 bytes follow', value: '46' },
    { length: 1, layer: 'DLL', field: 'C', text: 'send, no reply', value: '44' },
    { length: 2, layer: 'DLL', field: 'M', text: 'manufacturer', value: 'ELS' },
    { length: 4, layer: 'DLL', field: 'A', text: 'identification number', value: '12345678' },
    { length: 1, layer: 'DLL', field: 'A', text: 'version', value: '33' },
    { length: 1, layer: 'DLL', field: 'A', text: 'device type: gas', value: '03' },
    { length: 1, layer: 'TPL', field: 'CI', text: 'response with short header' },
    { length: 1, layer: 'TPL', field: 'ACC', text: 'access number', value: '42' },
    { length: 1, layer: 'TPL', field: 'ST', text: 'status: no error' },
    { length: 2, layer: 'TPL', field: 'CF', text: 'AES-128-CBC, 2 blocks encrypted', value: 'mode 5' },
    {
      length: 32,
      layer: 'TPL',
      field: 'Encrypted',
      text: opened ? "32 encrypted bytes, opened with the meter's key" : reason === 'no_key' ? 'sealed: there is no key for this meter' : 'sealed: the key does not open it',
      warning: !opened,
    },
  ]);
  const plain = lay('plain', [
    { length: 2, layer: 'APL', field: 'Fill', text: 'filler' },
    {
      length: 6, layer: 'APL', field: 'volume', text: 'volume 28504.27 m³', value: '28504.27 m³',
      pieces: [
        { length: 1, layer: 'APL', field: 'DIB', text: '8-digit BCD, instantaneous, storage 0' },
        { length: 1, layer: 'APL', field: 'VIB', text: 'volume in 10⁻² m³' },
        { length: 4, layer: 'APL', field: 'Data', text: 'digits from the last to the first', value: '02850427' },
      ],
    },
    {
      length: 6, layer: 'APL', field: 'date_time', text: 'date_time 2008-05-31T23:50', value: '2008-05-31T23:50',
      pieces: [
        { length: 1, layer: 'APL', field: 'DIB', text: '32-bit integer, storage 0' },
        { length: 1, layer: 'APL', field: 'VIB', text: 'date and time, type F' },
        { length: 4, layer: 'APL', field: 'Data', text: 'minute, hour, day, month, year', value: '2008-05-31T23:50' },
      ],
    },
    {
      length: 5, layer: 'APL', field: 'error_flags', text: 'error_flags 0x0', value: '0',
      pieces: [
        { length: 1, layer: 'APL', field: 'DIB', text: '16-bit integer, storage 0' },
        { length: 2, layer: 'APL', field: 'VIB', text: 'error flags' },
        { length: 2, layer: 'APL', field: 'Data', text: 'no flag is set', value: '0' },
      ],
    },
    { length: 13, layer: 'APL', field: 'Fill', text: 'filler' },
  ]);
  return {
    content: opened ? 'records' : 'sealed',
    reason,
    security: 'mode 5',
    hex: '2E4493157856341233037A2A0020255923C95AAA26D1B2E7493B013EC4A6F6D3529B520EDFF0EA6DEFC99D6D69EBF3',
    plain_hex: opened ? '2F2F0C1427048502046D32371F1502FD1700002F2F2F2F2F2F2F2F2F2F2F2F2F' : null,
    parts: opened ? [...air, ...plain] : air,
  };
}
