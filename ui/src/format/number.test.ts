import { expect, test } from 'vitest';
import { formatSignal } from './number';

test('a signal is written with a minus sign that stays with its number', () => {
  expect(formatSignal(-71, 'de')).toBe('−71\u00a0dBm');
  expect(formatSignal(3, 'en')).toBe('3\u00a0dBm');
});
