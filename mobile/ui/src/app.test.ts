import { isMessageKey, LANGUAGES, setLanguage } from '@walkby/ui';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Why } from './backend/model';
import { problemOf, PROBLEM_CODES } from './backend/problem';
import { sendsAt } from './backend/memory/window';
import { readPairingLink } from './pairing';
import { addressOf, routeOf, type Route } from './state/router.svelte';
import { signalNew } from './state/signal';
import { because, problemWords } from './words';

beforeEach(() => setLanguage('en'));

describe('the reason of a state', () => {
  test.each<[Why, string]>([
    [{ code: 'not_heard_yet' }, 'not heard yet'],
    [{ code: 'no_key' }, 'no key for this meter'],
    [{ code: 'wrong_key' }, 'key is wrong'],
    [{ code: 'damaged', times: 3 }, 'heard 3 times, damaged'],
    [
      { code: 'outside_window', window: { first_day: 1, last_day: 5, from_hour: 8, to_hour: 18 } },
      'sends Mon–Fri 08–18 only',
    ],
    [{ code: 'skipped', reason: 'no_access' }, 'Nobody home, no access'],
    [{ code: 'skipped', reason: 'a code of the office' }, 'a code of the office'],
    [{ code: 'read_by_radio', kind: 'due_date', date: '2026-10-31' }, 'Due date 31 Oct 2026'],
    [{ code: 'implausible', verdict: 'below_previous' }, 'Below the previous value'],
  ])('%j says %j', (why, words) => {
    expect(because(why)).toBe(words);
  });

  test('is said in every language', () => {
    const window = { first_day: 1, last_day: 5, from_hour: 8, to_hour: 18 };
    const said = LANGUAGES.map((language) => {
      setLanguage(language);
      return because({ code: 'outside_window', window });
    });
    expect(said).toEqual([
      'sends Mon–Fri 08–18 only',
      'sendet nur Mo–Fr 08–18 Uhr',
      'передаёт только пн–пт 08–18',
      '仅周一至周五 08–18 时发送',
    ]);
  });
});

describe('a problem', () => {
  test.each(PROBLEM_CODES)('%s has words and says what to do', (code) => {
    expect(isMessageKey(`error.${code}`)).toBe(true);
    expect(isMessageKey(`error.${code}.todo`)).toBe(true);
  });

  test('of a newer engine is shown with its code', () => {
    const words = problemWords({ code: 'moon_eclipsed', message: 'the moon is gone', retry: false });
    expect(words.code).toBe('moon_eclipsed');
    expect(words.title).toBe('Something failed inside Walkby');
  });

  test('is read from whatever was thrown', () => {
    const problem = { code: 'disk_full', message: 'the disk is full', retry: true };
    expect(problemOf(problem)).toBe(problem);
    expect(problemOf(new Error('oops'))).toEqual({ code: 'internal', message: 'oops', retry: false });
    expect(problemOf('oops').code).toBe('internal');
  });
});

test.each<Route>([
  { screen: 'tours' },
  { screen: 'sync' },
  { screen: 'walk', tour: 'a/b c' },
  { screen: 'meter', tour: 'a/b', meter: 'ü' },
])('the address of %j leads back to it', (route) => {
  expect(routeOf(addressOf(route))).toEqual(route);
});

test('an address that is none leads to the tours', () => {
  expect(routeOf('#/nowhere')).toEqual({ screen: 'tours' });
  expect(routeOf('')).toEqual({ screen: 'tours' });
});

test('the link of the QR code is read, with the certificate where it has one', () => {
  expect(readPairingLink(' walkby:pair?server=https%3A%2F%2Foffice.example%3A8443&code=7K3M-Q9TF-02XN-HD5C&cert=ab12 ')).toEqual({
    server: 'https://office.example:8443',
    code: '7K3M-Q9TF-02XN-HD5C',
    certificate_sha256: 'ab12',
  });
  expect(readPairingLink('walkby:pair?server=office.example')).toBeUndefined();
  expect(readPairingLink('7K3M-Q9TF-02XN-HD5C')).toBeUndefined();
});

test('a new meter is signalled once, as the reader chose; an old one is not', () => {
  const heard: string[] = [];
  const signal = { beep: () => heard.push('beep'), vibrate: () => heard.push('vibrate') };
  signalNew(signal, ['a', 'b'], { sound: true, vibration: true });
  signalNew(signal, [], { sound: true, vibration: true });
  signalNew(signal, ['c'], { sound: false, vibration: true });
  signalNew(signal, ['d'], { sound: false, vibration: false });
  expect(heard).toEqual(['beep', 'vibrate', 'vibrate']);
});

test('a meter that keeps winter time is silent at 18:05 of it, whatever the summer clock shows', () => {
  const window = { first_day: 1, last_day: 5, from_hour: 8, to_hour: 18 };
  expect(sendsAt(window, Date.parse('2026-07-06T16:59:00Z'), 60)).toBe(true);
  expect(sendsAt(window, Date.parse('2026-07-06T17:05:00Z'), 60)).toBe(false);
  expect(sendsAt(window, Date.parse('2026-07-05T12:00:00Z'), 60)).toBe(false);
});
