import { describe, expect, test } from 'vitest';
import { compareDecimals, formatDecimal, formatValue, isDecimal, readTypedDecimal, subtractDecimals } from './decimal';

describe('formatDecimal', () => {
  test.each([
    ['1234567.890', 'en', '1,234,567.890'],
    ['1234567.890', 'de', '1.234.567,890'],
    ['1234567.890', 'ru', '1\u202f234\u202f567,890'],
    ['1234567.890', 'zh', '1,234,567.890'],
    ['-0.50', 'de', '−0,50'],
    ['12', 'en', '12'],
    ['99999999999999999999.001', 'en', '99,999,999,999,999,999,999.001'],
  ] as const)('writes %s in %s with every digit', (text, language, written) => {
    expect(formatDecimal(text, language)).toBe(written);
  });

  test('returns what is no decimal as it is', () => {
    expect(formatDecimal('1e5', 'en')).toBe('1e5');
    expect(formatDecimal('', 'de')).toBe('');
  });

  test('keeps value and unit on one line', () => {
    expect(formatValue('28504.27', 'm³', 'de')).toBe('28.504,27\u00a0m³');
    expect(formatValue('12', null, 'de')).toBe('12');
  });
});

describe('readTypedDecimal', () => {
  test.each([
    ['123,50', '123.50'],
    ['123.50', '123.50'],
    [' 1 234,5 ', '1234.5'],
    ['007', '7'],
    ['0,5', '0.5'],
    ['000', '0'],
  ])('reads %j as %s', (typed, value) => {
    expect(readTypedDecimal(typed)).toBe(value);
  });

  test.each(['', ',', '1.', '.5', '1.2.3', '1.234,5', '12a', '-5', '1e3', '∞'])('does not read %j', (typed) => {
    expect(readTypedDecimal(typed)).toBeUndefined();
  });
});

describe('exact decimals', () => {
  test('compare by value, not by text or float', () => {
    expect(compareDecimals('9', '10')).toBe(-1);
    expect(compareDecimals('1.50', '1.5')).toBe(0);
    expect(compareDecimals('0.30000000000000000001', '0.3')).toBe(1);
    expect(compareDecimals('-2', '1')).toBe(-1);
  });

  test('subtract without losing a digit', () => {
    expect(subtractDecimals('0.3', '0.1')).toBe('0.2');
    expect(subtractDecimals('123.529', '98.1')).toBe('25.429');
    expect(subtractDecimals('1', '1.001')).toBe('-0.001');
    expect(subtractDecimals('5', '3')).toBe('2');
    expect(subtractDecimals('x', '3')).toBeUndefined();
  });

  test('are told from other text', () => {
    expect(isDecimal('12.30')).toBe(true);
    expect(isDecimal('12,30')).toBe(false);
    expect(isDecimal('NaN')).toBe(false);
  });
});
