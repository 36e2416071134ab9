import { expect, test } from 'vitest';
import { preferredLanguage } from './language.svelte';
import { fill } from './message';

test('a plural form is chosen by the language', () => {
  const meters = { one: '{count} счётчик', few: '{count} счётчика', many: '{count} счётчиков', other: '{count} счётчика' };
  expect([1, 2, 5, 21, 104].map((count) => fill('ru', meters, { count }))).toEqual([
    '1 счётчик',
    '2 счётчика',
    '5 счётчиков',
    '21 счётчик',
    '104 счётчика',
  ]);
});

test('counts are grouped in the manner of the language', () => {
  expect(fill('de', 'von {total}', { total: 5000 })).toBe('von 5.000');
  expect(fill('en', 'of {total}', { total: 5000 })).toBe('of 5,000');
});

test('a parameter that is not given stays visible', () => {
  expect(fill('en', 'Paired with {server}')).toBe('Paired with {server}');
});

test('the first wanted language that we speak is taken', () => {
  expect(preferredLanguage(['fr-FR', 'zh-Hans-CN', 'de'])).toBe('zh');
  expect(preferredLanguage(['fr'])).toBe('en');
});
