import { expect, test } from 'vitest';
import { lineHref, parseRoute } from '../src/state/route.svelte';

test.each([
  ['', { screen: 'home' }],
  ['#/', { screen: 'home' }],
  ['#/start', { screen: 'start' }],
  ['#/tours', { screen: 'tours' }],
  ['#/tours/new', { screen: 'new_tour' }],
  ['#/tours/7', { screen: 'tour', tour: '7' }],
  [lineHref('7', '8'), { screen: 'line', tour: '7', line: '8' }],
  ['#/tours/7/lines/8/telegrams/9', { screen: 'telegram', tour: '7', line: '8', telegram: '9' }],
  ['#/handhelds/pair', { screen: 'pair' }],
  ['#/keys/import', { screen: 'import_keys' }],
  ['#/tours/7/8', { screen: 'unknown' }],
  ['#/tours/7/lines', { screen: 'unknown' }],
  ['#/tours/7/lines/8/telegrams/9/10', { screen: 'unknown' }],
  ['#/audit/1', { screen: 'unknown' }],
  ['#/%E0%A4%A', { screen: 'unknown' }],
])('the address %s leads to its screen', (hash, route) => {
  expect(parseRoute(hash)).toEqual(route);
});
