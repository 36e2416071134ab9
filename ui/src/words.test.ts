import { expect, test } from 'vitest';
import { LANGUAGES, setLanguage } from './messages';
import { readDaysAndHours, sayDaysAndHours, sayFloor, sayUsual } from './words';

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
  ['cellar', 'Cellar'],
  ['Basement', 'Cellar'],
  ['attic', 'Attic'],
  ['3 left', '3 left'],
  ['', ''],
])('the floor %j is called %j', (floor, words) => {
  setLanguage('en');
  expect(sayFloor(floor)).toBe(words);
});

test.each([
  ['Mon-Fri 08-18', { first_day: 1, last_day: 5, from_hour: 8, to_hour: 18 }],
  ['Sat 07-12', { first_day: 6, last_day: 6, from_hour: 7, to_hour: 12 }],
  ['06-20', { first_day: 1, last_day: 7, from_hour: 6, to_hour: 20 }],
  ['at night', undefined],
  ['Foo-Fri 08-18', undefined],
])('the window %j is read', (text, window) => {
  expect(readDaysAndHours(text)).toEqual(window);
});

test('when a meter sends is said in every language, one day once', () => {
  const said = (text: string): string[] =>
    LANGUAGES.map((language) => {
      setLanguage(language);
      const window = readDaysAndHours(text);
      return window === undefined ? '' : sayDaysAndHours(window);
    });
  expect(said('Mon-Fri 08-18')).toEqual([
    'sends Mon–Fri 08–18 only',
    'sendet nur Mo–Fr 08–18 Uhr',
    'передаёт только пн–пт 08–18',
    '仅周一至周五 08–18 时发送',
  ]);
  expect(said('Sat 07-12')[0]).toBe('sends Sat 07–12 only');
});
