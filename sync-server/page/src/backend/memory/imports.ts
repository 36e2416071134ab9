import type { Finding, Preview, PreviewKey, PreviewMeter, PreviewRow, Verdict } from '../model';
import { isRefusal, readCsv, type CsvRow } from './csv';

/** The columns of a tour by their name in the file. */
const TOUR_COLUMNS: Readonly<Record<string, string>> = {
  tour: 'tour',
  seq: 'position',
  site: 'site',
  street: 'street',
  house: 'house',
  entrance: 'entrance',
  floor: 'floor',
  flat: 'flat',
  place: 'place',
  name: 'name',
  customer_ref: 'customer_ref',
  account_ref: 'account_ref',
  meter_no: 'meter_number',
  sends: 'sending_window',
  mode: 'link_modes',
  radio_id: 'radio_id',
  manufacturer: 'manufacturer',
  version: 'version',
  type: 'device_type',
  medium: 'medium',
  key: 'key',
  due_date: 'due_date',
  prev_value: 'previous_value',
  prev_date: 'previous_date',
  low: 'low',
  high: 'high',
  factor: 'factor',
  unit: 'unit',
  digits: 'digits',
  note: 'note',
};
const KEY_COLUMNS: Readonly<Record<string, string>> = {
  id: 'identification_number',
  radio_id: 'identification_number',
  meter_no: 'identification_number',
  manufacturer: 'manufacturer',
  key: 'key',
};

/** The cells of a row by field, and what is odd about it. */
interface RowReading {
  line: number;
  cells: Map<string, string>;
  findings: (Finding & { refuses: boolean })[];
}

const DECIMAL = /^-?\d+([.,]\d+)?$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** What the office holds that a verdict depends on. */
export interface Known {
  keyIds: ReadonlySet<string>;
  lineIds: ReadonlySet<string>;
  waitingTelegrams(identificationNumber: string): number;
}

export async function previewTour(file: Blob, known: Known): Promise<Preview<PreviewMeter>> {
  return preview(file, TOUR_COLUMNS, 'meter_no', (rows) => {
    const seen = new Map<string, number>();
    for (const row of rows) {
      const number = row.cells.get('meter_number') ?? '';
      const radioId = row.cells.get('radio_id') ?? '';
      if (number === '') refuse(row, 'meter_missing', 'meter_no');
      if (radioId !== '' && !/^[0-9A-F]{8}$/i.test(radioId)) refuse(row, 'bad_radio_id', 'radio_id');
      const maker = row.cells.get('manufacturer') ?? '';
      if (maker !== '' && !/^[A-Z]{3}$/.test(maker)) refuse(row, 'bad_manufacturer', 'manufacturer');
      for (const [field, column] of [['previous_value', 'prev_value'], ['low', 'low'], ['high', 'high']] as const) {
        const value = row.cells.get(field) ?? '';
        if (value !== '' && !DECIMAL.test(value)) refuse(row, 'bad_decimal', column);
      }
      for (const [field, column] of [['due_date', 'due_date'], ['previous_date', 'prev_date']] as const) {
        const value = row.cells.get(field) ?? '';
        if (value !== '' && !DATE.test(value)) refuse(row, 'bad_date', column);
      }
      const key = (row.cells.get('key') ?? '').replaceAll(' ', '');
      if (key !== '' && !/^[0-9A-F]{32}$/i.test(key)) refuse(row, 'key_malformed', 'key');
      if (number !== '' && seen.has(number)) refuse(row, 'radio_id_repeated', 'meter_no');
      seen.set(number, row.line);

      if (radioId === '') warn(row, 'radio_id_from_meter_no', 'radio_id');
      if (key === '' && !known.keyIds.has(radioId || number)) warn(row, 'no_key', 'key');
      if (known.lineIds.has(number)) warn(row, 'in_other_tour', 'meter_no');
    }
    return (row) => ({
      street: row.cells.get('street') ?? '',
      house: row.cells.get('house') ?? '',
      flat: row.cells.get('flat') ?? '',
      place: row.cells.get('place') ?? '',
      meter_number: row.cells.get('meter_number') ?? '',
      radio_id: row.cells.get('radio_id') || null,
      manufacturer: row.cells.get('manufacturer') || null,
      medium: row.cells.get('medium') ?? '',
      has_key: (row.cells.get('key') ?? '') !== '' || known.keyIds.has(row.cells.get('radio_id') ?? ''),
    });
  });
}

/** Stands for a KEM file whose password is `12345`: XML around a CSV. */
async function opened(file: Blob, password: string | undefined): Promise<Blob | 'password_missing' | 'wrong_password'> {
  const [, csv] = /^\s*<EncryptedData>([^<]*)<\/EncryptedData>/.exec(await file.text()) ?? [];
  if (csv === undefined) return file;
  if (password === undefined) return 'password_missing';
  return password === '12345' ? new Blob([csv]) : 'wrong_password';
}

export async function previewKeys(sealed: Blob, known: Known, password?: string): Promise<Preview<PreviewKey>> {
  const file = await opened(sealed, password);
  if (typeof file === 'string') return { ...withoutRows(), refused_file: { code: file, line: null, message: file } };
  return preview(file, KEY_COLUMNS, 'key', (rows) => {
    const seen = new Map<string, string>();
    for (const row of rows) {
      const id = row.cells.get('identification_number') ?? '';
      const key = (row.cells.get('key') ?? '').replaceAll(' ', '');
      if (id === '') refuse(row, 'id_missing', 'id');
      else if (!/^[0-9A-F]{8}$/i.test(id)) refuse(row, 'id_malformed', 'id');
      if (key === '') refuse(row, 'key_missing', 'key');
      else if (!/^[0-9A-F]{32}$/i.test(key)) refuse(row, 'key_malformed', 'key');
      if (seen.has(id) && seen.get(id) !== key) warn(row, 'key_repeated', 'id');
      seen.set(id, key);
      if (!known.lineIds.has(id)) warn(row, 'not_in_any_tour', 'id');
      if (known.keyIds.has(id)) warn(row, 'already_known', 'id');
    }
    return (row) => {
      const id = row.cells.get('identification_number') ?? '';
      const waiting = known.waitingTelegrams(id);
      return {
        identification_number: id,
        manufacturer: row.cells.get('manufacturer') || null,
        lines: known.lineIds.has(id) ? 1 : 0,
        waiting_telegrams: waiting,
        opens: waiting > 0 && !row.findings.some((finding) => finding.refuses) ? true : null,
      };
    };
  });
}

function withoutRows<What>(): Preview<What> {
  const counts: Record<Verdict, number> = { accepted: 0, accepted_with_warnings: 0, refused: 0 };
  return { refused_file: null, columns: [], rows: [], rows_left_off: 0, counts };
}

async function preview<What>(
  file: Blob,
  fields: Readonly<Record<string, string>>,
  needed: string,
  judge: (rows: RowReading[]) => (row: RowReading) => What,
): Promise<Preview<What>> {
  const answer: Preview<What> = withoutRows();
  const { counts } = answer;
  const table = await readCsv(file);
  if (isRefusal(table)) return { ...answer, refused_file: table };
  answer.columns = table.header.map((header) => ({ header, field: fields[header] ?? null }));
  if (!table.header.some((header) => fields[header] === fields[needed])) {
    return { ...answer, refused_file: { code: 'csv_missing_column', line: 1, message: `there is no column ${needed}` } };
  }
  const rows = table.rows.map((row) => readRow(row, answer.columns));
  const show = judge(rows.filter((row) => row.findings.length === 0));
  const verdicts = rows.map((row): PreviewRow<What> => {
    const verdict = verdictOf(row);
    counts[verdict] += 1;
    const findings = row.findings.map(({ code, column, message }) => ({ code, column, message }));
    return { line: row.line, verdict, findings, what: show(row) };
  });
  const order: Verdict[] = ['refused', 'accepted_with_warnings', 'accepted'];
  verdicts.sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict) || a.line - b.line);
  return { ...answer, rows: verdicts };
}

function readRow(row: CsvRow, columns: Preview<unknown>['columns']): RowReading {
  const cells = new Map<string, string>();
  columns.forEach((column, at) => {
    if (column.field !== null) cells.set(column.field, row.cells[at]?.trim() ?? '');
  });
  const reading: RowReading = { line: row.line, cells, findings: [] };
  if (row.cells.length < columns.length) refuse(reading, 'columns_too_few', '');
  if (row.cells.length > columns.length) refuse(reading, 'too_many_fields', '');
  return reading;
}

function verdictOf(row: RowReading): Verdict {
  if (row.findings.some((finding) => finding.refuses)) return 'refused';
  return row.findings.length > 0 ? 'accepted_with_warnings' : 'accepted';
}

function refuse(row: RowReading, code: string, column: string): void {
  row.findings.push({ code, column, message: code.replaceAll('_', ' '), refuses: true });
}

function warn(row: RowReading, code: string, column: string): void {
  row.findings.push({ code, column, message: code.replaceAll('_', ' '), refuses: false });
}
