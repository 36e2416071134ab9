import { expect, test } from 'vitest';
import { setLanguage } from './messages';
import { sayFloor, sayUsual } from './words';

test('the usual words are said in the language of the reader, others as they were written', () => {
  setLanguage('de');
  expect(sayUsual('medium', 'cold water')).toBe('Kaltwasser');
  expect(sayUsual('medium', 'Cold_Water ')).toBe('Kaltwasser');
  expect(sayUsual('place', 'kitchen')).toBe('Küche');
  expect(sayUsual('place', 'Hobbyraum links')).toBe('Hobbyraum links');
  expect(sayUsual('place', '')).toBe('');
});

test.each([
  ['0', 'Ground floor'],
  ['2', 'Floor 2'],
  ['-1', 'Cellar'],
  ['attic', 'attic'],
  ['', ''],
])('the floor %j is called %j', (floor, words) => {
  setLanguage('en');
  expect(sayFloor(floor)).toBe(words);
});
