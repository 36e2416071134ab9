import { METER_STATES } from '@walkby/ui';
import { expect, test } from 'vitest';
import { demoWorld } from '../src/backend/memory/demo';
import { progressOf } from '../src/backend/memory/world';
import { doneOf, segmentsOf, stageOf } from '../src/state/tours';
import { summaryOf } from '../src/backend/memory/world';

const world = demoWorld(Date.parse('2026-11-21T09:30:00Z'));

test('the states of every tour add up to its meters', () => {
  for (const tour of world.tours) {
    const progress = progressOf(tour.lines);
    expect(METER_STATES.reduce((sum, state) => sum + progress[state], 0)).toBe(progress.meters);
    expect(segmentsOf(progress).reduce((sum, { amount }) => sum + amount, 0)).toBe(progress.meters - progress.open);
  }
});

test('the tours are prepared, under way and complete', () => {
  const stages = world.tours.map((tour) => stageOf(summaryOf(tour, world.handhelds)));
  expect(stages).toEqual(['prepared', 'walking', 'complete']);
  expect(world.tours.map((tour) => doneOf(progressOf(tour.lines)))).toEqual([0, 36, 24]);
});

test('no two lines have the same identity', () => {
  const ids = world.tours.flatMap((tour) => tour.lines.map((line) => line.id));
  expect(new Set(ids).size).toBe(ids.length);
});

test('every byte of every telegram is explained exactly once', () => {
  expect(world.telegrams.size).toBeGreaterThan(50);
  for (const telegram of world.telegrams.values()) {
    for (const [of, hex] of [['air', telegram.hex], ['plain', telegram.plain_hex ?? '']] as const) {
      const covered = telegram.parts.filter((part) => part.of === of && part.depth === 0).flatMap((part) => Array.from({ length: part.length }, (_, at) => part.offset + at));
      expect(covered).toEqual(Array.from({ length: hex.length / 2 }, (_, at) => at));
    }
  }
});
