import { beforeEach, expect, test, vi } from 'vitest';
import { DEFAULTS } from '../backend/memory';
import { demoTour, largeTour } from '../backend/memory/demo';
import { MemoryBackend } from '../backend/memory/engine';
import type { Tour } from '../backend/model';
import { Engine } from './engine.svelte';

const silent = { beep: () => undefined, vibrate: () => undefined };

/** A backend that reads a tour at once, and answers when the test says so. */
class SlowBackend extends MemoryBackend {
  readonly answers = new Map<string, () => void>();

  override async tour(id: string): Promise<Tour> {
    const tour = await super.tour(id);
    return new Promise((answer) => this.answers.set(id, () => answer(tour)));
  }

  async answerWith(id: string): Promise<void> {
    await vi.waitFor(() => expect([...this.answers.keys()]).toContain(id));
    this.answers.get(id)?.();
  }
}

async function opened(): Promise<{ backend: SlowBackend; engine: Engine }> {
  const backend = new SlowBackend({ ...DEFAULTS, tours: [demoTour(), largeTour(50, 11)], paired: true });
  const engine = new Engine(backend, silent);
  await engine.open(null);
  return { backend, engine };
}

beforeEach(() => {
  vi.stubGlobal('document', { documentElement: { dataset: {}, lang: '' } });
  vi.stubGlobal('navigator', { languages: ['en'] });
});

test('what changes while a tour is being read is not lost under the older answer', async () => {
  const { backend, engine } = await opened();
  const reading = engine.openTour('tour-linden');
  await vi.waitFor(() => expect(backend.answers.size).toBe(1));
  await backend.skip('tour-linden', 'line-1', 'no_access', null);
  await backend.answerWith('tour-linden');
  await reading;
  expect(engine.tour?.rows.find((row) => row.id === 'line-1')?.state).toBe('skipped');
  expect(engine.tour?.progress.skipped).toBe(1);
});

test('the answer of a tour that was left does not take the place of the one that is open', async () => {
  const { backend, engine } = await opened();
  const left = engine.openTour('tour-linden');
  const wanted = engine.openTour('tour-large');
  await backend.answerWith('tour-large');
  await wanted;
  await backend.answerWith('tour-linden');
  await left;
  expect(engine.tour?.id).toBe('tour-large');
});
