import { beforeEach, expect, test, vi } from 'vitest';
import type { Backend } from './backend';
import { BackendError } from './problem';
import { tauri } from './tauri';

const { invoke, listen } = vi.hoisted(() => ({ invoke: vi.fn(), listen: vi.fn() }));
vi.mock('@tauri-apps/api/core', () => ({ invoke }));
vi.mock('@tauri-apps/api/event', () => ({ listen }));

beforeEach(() => {
  invoke.mockReset().mockResolvedValue('answer');
  listen.mockReset();
});

test('each verb is a command of the same name in snake_case', async () => {
  const verbs = Object.keys(tauri).filter((verb) => verb !== 'subscribe') as Exclude<keyof Backend, 'subscribe'>[];
  for (const verb of verbs) {
    const call = tauri[verb] as (...parameters: unknown[]) => Promise<unknown>;
    await call('a', 'b', 'c', new Uint8Array());
    expect(invoke.mock.lastCall?.[0]).toBe(verb.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  }
  expect(invoke).toHaveBeenCalledTimes(verbs.length);
  expect(verbs).toHaveLength(23);
});

test('parameters go by their names', async () => {
  await tauri.skip('t', 'm', 'no_access', null);
  expect(invoke).toHaveBeenCalledWith('skip', { tour: 't', meter: 'm', reason: 'no_access', note: null });
});

test('a file goes as a raw body, with what it is in the headers', async () => {
  const bytes = new Uint8Array([0xff, 0xd8]);
  await tauri.addPhoto('t', 'm', 'image/jpeg', bytes);
  expect(invoke).toHaveBeenCalledWith('add_photo', bytes, {
    headers: { tour: 't', meter: 'm', 'media-type': 'image%2Fjpeg' },
  });
  await tauri.addRecording('Übung.txt', bytes);
  expect(invoke).toHaveBeenLastCalledWith('add_recording', bytes, { headers: { name: '%C3%9Cbung.txt' } });
});

test('what Rust refuses is a problem with its code; what nobody foresaw is ours', async () => {
  const problem = { code: 'disk_full', message: 'the disk is full', retry: true };
  invoke.mockRejectedValueOnce(problem);
  await expect(tauri.tours()).rejects.toEqual(new BackendError(problem));
  invoke.mockRejectedValueOnce('command tours not found');
  await expect(tauri.tours()).rejects.toMatchObject({ problem: { code: 'internal', message: 'command tours not found' } });
});

test('events come from one stream', async () => {
  const heard: unknown[] = [];
  await tauri.subscribe((event) => heard.push(event));
  const [name, deliver] = listen.mock.lastCall as [string, (event: { payload: unknown }) => void];
  deliver({ payload: { event: 'tours', tours: [] } });
  expect(name).toBe('walkby');
  expect(heard).toEqual([{ event: 'tours', tours: [] }]);
});
