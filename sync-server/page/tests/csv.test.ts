import { describe, expect, test } from 'vitest';
import { isRefusal, readCsv } from '../src/backend/memory/csv';

const rowsOf = async (content: BlobPart): Promise<unknown> => {
  const table = await readCsv(new Blob([content]));
  return isRefusal(table) ? { code: table.code, line: table.line } : [table.header, ...table.rows.map((row) => [row.line, ...row.cells])];
};

describe('a CSV', () => {
  test.each([
    ['semicolons', 'a;b\n1;2\n', [['a', 'b'], [2, '1', '2']]],
    ['commas and CRLF', 'a,b\r\n1,2\r\n', [['a', 'b'], [2, '1', '2']]],
    ['tabs without a last line end', 'a\tb\n1\t2', [['a', 'b'], [2, '1', '2']]],
    ['a byte order mark', '\uFEFFa;b\n1;2', [['a', 'b'], [2, '1', '2']]],
    ['quotes around line ends, delimiters and quotes', 'a;b\n"1\n;""x""";2\n3;4', [['a', 'b'], [2, '1\n;"x"', '2'], [4, '3', '4']]],
    ['blank lines', 'a;b\n\n1;2\n\n', [['a', 'b'], [3, '1', '2']]],
  ])('is read with %s', async (_, content, expected) => {
    expect(await rowsOf(content)).toEqual(expected);
  });

  test.each([
    ['is empty', '', { code: 'csv_empty', line: null }],
    ['has a header only', 'a;b\n', { code: 'csv_empty', line: null }],
    ['never closes a quote', 'a;b\n1;2\n"3;4', { code: 'csv_quote_not_closed', line: 3 }],
    ['is not UTF-8', new Uint8Array([97, 10, 49, 10, 0xe4, 10]), { code: 'csv_encoding', line: 3 }],
  ])('that %s is refused with its place', async (_, content, expected) => {
    expect(await rowsOf(content)).toEqual(expected);
  });
});
