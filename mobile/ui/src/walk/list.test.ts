import { describe, expect, test } from 'vitest';
import type { MeterRow } from '../backend/model';
import { MemoryBackend } from '../backend/memory/engine';
import { DEFAULTS } from '../backend/memory';
import { countsOf, filtered, housesOf, isFiltering, itemsOf, NO_FILTER } from './list';
import { usualReason } from './reason';

async function rows(): Promise<MeterRow[]> {
  const backend = new MemoryBackend({ ...DEFAULTS, paired: true, openWalk: 'tour-linden', heardBefore: 0.6 });
  return (await backend.tour('tour-linden')).meters;
}

describe('the list of a walk', () => {
  test('shows what is missing first, both parts in walking order', async () => {
    const items = itemsOf(await rows());
    const shown = items.flatMap((item) => (item.kind === 'meter' ? [item.row] : []));
    const firstDone = shown.findIndex((row) => ['read', 'manual', 'skipped'].includes(row.state));
    expect(firstDone).toBeGreaterThan(0);
    expect(shown.slice(firstDone).every((row) => ['read', 'manual', 'skipped'].includes(row.state))).toBe(true);
    const positions = shown.slice(0, firstDone).map((row) => row.position);
    expect(positions).toEqual([...positions].sort((left, right) => left - right));
    expect(shown).toHaveLength(24);
  });

  test('heads each house with what is missing in it', async () => {
    const all = await rows();
    const missing = all.filter((row) => !['read', 'manual', 'skipped'].includes(row.state) && row.house === '4').length;
    const [first] = itemsOf(all);
    expect(first).toMatchObject({ kind: 'house', house: 'Lindenstraße 4', done: false, count: missing });
  });

  test('gives every item a key of its own', async () => {
    const keys = itemsOf(await rows()).map((item) => item.key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('the filter', () => {
  test.each([
    ['linden 6', 11],
    ['brandt', 2],
    ['LINDENSTRASSE 4', 13],
    ['kitchen', 8],
    ['5678', 1],
    ['12345678', 1],
    ['nobody', 0],
  ])('finds for %j %d meters', async (text, count) => {
    expect(filtered(await rows(), { ...NO_FILTER, text })).toHaveLength(count);
  });

  test('joins house and states', async () => {
    const all = await rows();
    const found = filtered(all, { text: '', house: 'Lindenstraße 4', states: ['open'] });
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((row) => row.house === '4' && row.state === 'open')).toBe(true);
    expect(housesOf(all)).toEqual(['Lindenstraße 4', 'Lindenstraße 6']);
  });

  test('knows when it filters', () => {
    expect(isFiltering(NO_FILTER)).toBe(false);
    expect(isFiltering({ ...NO_FILTER, text: '  ' })).toBe(false);
    expect(isFiltering({ ...NO_FILTER, states: ['open'] })).toBe(true);
  });
});

test('manual and skipped meters are done; those that were only heard are missing', () => {
  const progress = {
    meters: 10,
    open: 1,
    heard_no_key: 1,
    heard_wrong_key: 1,
    heard_undecodable: 1,
    implausible: 1,
    skipped: 1,
    manual: 2,
    read: 2,
  };
  expect(countsOf(progress)).toEqual({ done: 5, missing: 5 });
});

test('the usual reason for typing follows from the state', () => {
  const codes = ['not_heard', 'no_radio', 'no_key', 'wrong_key', 'undecodable', 'implausible', 'control'];
  expect(usualReason({ state: 'heard_wrong_key', why: { code: 'wrong_key' } }, codes)).toBe('wrong_key');
  expect(usualReason({ state: 'open', why: { code: 'no_radio' } }, codes)).toBe('no_radio');
  expect(usualReason({ state: 'open', why: { code: 'not_heard_yet' } }, codes)).toBe('not_heard');
  expect(usualReason({ state: 'implausible', why: { code: 'implausible', verdict: 'below_low' } }, codes)).toBe('implausible');
  expect(usualReason({ state: 'open', why: { code: 'not_heard_yet' } }, ['other'])).toBe('other');
});
