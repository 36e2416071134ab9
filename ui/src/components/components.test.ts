import { describe, expect, test } from 'vitest';
import { setLanguage } from '../messages';
import { resolveTheme } from '../theme/theme.svelte';
import { placePoints } from './plot';
import { bytesOf, layersOf, nameOf } from './telegram';
import { indexAt, offsetsOf, windowOf } from './virtual';

describe('the virtual list', () => {
  const heights = Array.from({ length: 5000 }, (_, index) => (index % 10 === 0 ? 40 : 100));
  const offsets = offsetsOf(heights, (height) => height);

  test('knows where each item begins', () => {
    expect(offsets[0]).toBe(0);
    expect(offsets[1]).toBe(40);
    expect(offsets[11]).toBe(980);
    expect(offsets[5000]).toBe(500 * 40 + 4500 * 100);
  });

  test('finds the item at a height', () => {
    expect(indexAt(offsets, 0)).toBe(0);
    expect(indexAt(offsets, 39)).toBe(0);
    expect(indexAt(offsets, 40)).toBe(1);
    expect(indexAt(offsets, 1e9)).toBe(4999);
    expect(indexAt(offsets, -50)).toBe(0);
  });

  test('draws what can be seen and a little more, never the whole', () => {
    const { from, to } = windowOf(offsets, 100_000, 800, 400);
    expect(offsets[from]).toBeLessThanOrEqual(99_600);
    expect(offsets[to]).toBeGreaterThanOrEqual(101_200);
    expect(to - from).toBeLessThan(25);
    expect(windowOf(offsetsOf([], () => 1), 0, 800, 400)).toEqual({ from: 0, to: 0 });
  });
});

describe('the plot', () => {
  test('places points by date and value', () => {
    const placed = placePoints(
      [
        { date: '2026-12-31', value: '20' },
        { date: '2025-12-31', value: '10' },
      ],
      100,
      50,
    );
    expect(placed.map(({ x, y }) => [x, y])).toEqual([
      [0, 50],
      [100, 0],
    ]);
  });

  test('puts a single value into the middle and leaves out what is none', () => {
    const placed = placePoints([{ date: '2026-12-31', value: '20' }, { date: 'never', value: '1' }], 100, 50);
    expect(placed.map(({ x, y }) => [x, y])).toEqual([[50, 25]]);
    expect(placePoints([], 100, 50)).toEqual([]);
  });
});

describe('the explained telegram', () => {
  const part = { of: 'air', layer: 'DLL', text: '', value: null, warning: false } as const;

  test('cuts bytes in pairs', () => {
    expect(bytesOf('2e44931578', 1, 3)).toBe('44 93 15');
    expect(bytesOf('2e', 4, 2)).toBe('');
  });

  test('joins parts into layers and pieces into parts', () => {
    const layers = layersOf({
      hex: '2E44',
      plain_hex: '0C1427048502',
      parts: [
        { ...part, offset: 0, length: 1, depth: 0, field: 'L' },
        { ...part, offset: 1, length: 1, depth: 0, field: 'C' },
        { ...part, of: 'plain', layer: 'APL', offset: 0, length: 6, depth: 0, field: 'volume' },
        { ...part, of: 'plain', layer: 'APL', offset: 0, length: 1, depth: 1, field: 'DIB' },
        { ...part, of: 'plain', layer: 'APL', offset: 1, length: 1, depth: 1, field: 'VIB' },
      ],
    });
    expect(layers.map(({ layer, parts }) => [layer, parts.map(({ bytes }) => bytes)])).toEqual([
      ['DLL', ['2E', '44']],
      ['APL', ['0C 14 27 04 85 02']],
    ]);
    expect(layers[1]?.parts[0]?.pieces.map(({ bytes }) => bytes)).toEqual(['0C', '14']);
  });
});

test('the system decides about the theme only where it is asked to', () => {
  expect(resolveTheme('light', () => true)).toBe('light');
  expect(resolveTheme('system', (query) => query.includes('dark'))).toBe('dark');
  expect(resolveTheme('system', (query) => query.includes('contrast'))).toBe('contrast');
  expect(resolveTheme('system', () => false)).toBe('light');
});

describe('a part of a telegram', () => {
  const part = (field: string, text: string) => ({ offset: 0, length: 1, of: 'air' as const, depth: 0, layer: 'DLL', field, text, value: null, warning: false });

  test('is named in the language of the reader, by the field of the standard or the quantity', () => {
    setLanguage('de');
    expect(nameOf(part('ACC', 'access number 42'))).toBe('Zugriffsnummer');
    expect(nameOf(part('A', 'identification number 12345678'))).toBe('Identnummer');
    expect(nameOf(part('A', 'device type 03: gas'))).toBe('Geräteart');
    expect(nameOf(part('A', 'A field: primary address'))).toBe('Adresse');
    expect(nameOf(part('volume', 'volume 28504.27 m³'))).toBe('Volumen');
    expect(nameOf(part('', 'meaning not published'))).toBe('');
  });
});
