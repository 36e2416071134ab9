import { expect, test } from 'vitest';
import { formatAgo, formatDate } from './time';

test('a date without a zone stays on its day', () => {
  expect(formatDate('2026-12-31', 'en')).toBe('31 Dec 2026');
  expect(formatDate('2026-12-31', 'de')).toBe('31. Dez. 2026');
  expect(formatDate('2026-01-01T00:05', 'zh')).toBe('2026年1月1日');
});

test('a date that is none is shown as it is', () => {
  expect(formatDate('2026-13-99', 'en')).toBe('2026-13-99');
});

test('how long ago is said in the largest unit that fits', () => {
  const now = Date.parse('2026-11-21T10:00:00Z');
  expect(formatAgo('2026-11-21T09:59:48Z', now, 'en')).toBe('12 sec ago');
  expect(formatAgo('2026-11-21T09:30:00Z', now, 'de')).toBe('vor 30 Min.');
  expect(formatAgo('2026-11-20T09:00:00Z', now, 'ru')).toBe('вчера');
});

test('a clock that was set back does not speak of the future', () => {
  const now = Date.parse('2026-11-21T10:00:00Z');
  expect(formatAgo('2026-11-21T10:05:00Z', now, 'en')).toBe('now');
});
