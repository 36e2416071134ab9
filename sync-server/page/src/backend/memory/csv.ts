import type { FileRefusal } from '../model';

/** A row of a CSV with the line on which it begins, from 1. */
export interface CsvRow {
  line: number;
  cells: string[];
}

export type CsvTable = { header: string[]; rows: CsvRow[] } | FileRefusal;

/** Says whether reading a table failed. */
export function isRefusal(table: CsvTable): table is FileRefusal {
  return 'code' in table;
}

const DELIMITERS = [';', ',', '\t'];

/** Reads UTF-8 text with `;`, `,` or tab between cells; quoted cells may hold line breaks. */
export async function readCsv(file: Blob): Promise<CsvTable> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const line = lineOfFirstBadByte(bytes);
    return { code: 'csv_encoding', line, message: `line ${line} is not UTF-8` };
  }
  if (text.trim() === '') return { code: 'csv_empty', line: null, message: 'the file is empty' };

  const firstLine = text.slice(0, Math.max(text.indexOf('\n'), 0) || text.length);
  const delimiter = DELIMITERS.reduce((best, next) =>
    firstLine.split(next).length > firstLine.split(best).length ? next : best,
  );
  const rows = splitRows(text, delimiter);
  if (!Array.isArray(rows)) return rows;
  const [header, ...others] = rows;
  if (header === undefined || others.length === 0) {
    return { code: 'csv_empty', line: null, message: 'there is no row below the header' };
  }
  return { header: header.cells.map((cell) => cell.trim()), rows: others };
}

function splitRows(text: string, delimiter: string): CsvRow[] | FileRefusal {
  const rows: CsvRow[] = [];
  let row: CsvRow = { line: 1, cells: [] };
  let cell = '';
  let line = 1;
  let quotedSince: number | null = null;

  const endRow = (): void => {
    row.cells.push(cell);
    cell = '';
    if (row.cells.some((content) => content !== '')) rows.push(row);
    row = { line, cells: [] };
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\n') line += 1;
    if (quotedSince !== null) {
      if (character !== '"') cell += character;
      else if (text.charAt(at + 1) === '"') {
        cell += '"';
        at += 1;
      } else quotedSince = null;
    } else if (character === '"' && cell === '') quotedSince = line;
    else if (character === delimiter) {
      row.cells.push(cell);
      cell = '';
    } else if (character === '\n') endRow();
    else if (character !== '\r') cell += character;
  }
  if (quotedSince !== null) {
    return { code: 'csv_quote_not_closed', line: quotedSince, message: 'a quote is never closed' };
  }
  endRow();
  return rows;
}

function lineOfFirstBadByte(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  let start = 0;
  for (let at = 0; at <= bytes.length; at += 1) {
    if (at < bytes.length && bytes[at] !== 0x0a) continue;
    try {
      decoder.decode(bytes.subarray(start, at));
    } catch {
      return line;
    }
    line += 1;
    start = at + 1;
  }
  return line;
}
