import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Backend } from './backend';
import type { BackendEvent } from './model';
import { BackendError, problemOf } from './problem';

/** The event under which the Rust side emits every `BackendEvent`. */
const EVENT = 'walkby';

async function ask<Answer>(command: string, parameters: Record<string, unknown> = {}): Promise<Answer> {
  try {
    return await invoke<Answer>(command, parameters);
  } catch (thrown) {
    throw new BackendError(problemOf(thrown));
  }
}

/** Gives a file to the engine as a raw body, since JSON would write each byte as a number; the rest as headers. */
async function give<Answer>(command: string, bytes: Uint8Array, about: Record<string, string>): Promise<Answer> {
  const headers = Object.fromEntries(Object.entries(about).map(([name, text]) => [name, encodeURIComponent(text)]));
  try {
    return await invoke<Answer>(command, bytes, { headers });
  } catch (thrown) {
    throw new BackendError(problemOf(thrown));
  }
}

/** The engine behind Tauri's bridge: one command for each verb, of the same name in `snake_case`. */
export const tauri: Backend = {
  open: (passphrase) => ask('open', { passphrase }),
  subscribe: (listener) => listen<BackendEvent>(EVENT, ({ payload }) => listener(payload)),

  pair: (request) => ask('pair', { request }),
  saveSettings: (settings) => ask('save_settings', { settings }),

  tours: () => ask('tours'),
  tour: (tour) => ask('tour', { tour }),
  meter: (tour, meter) => ask('meter', { tour, meter }),
  telegram: (telegram) => ask('telegram', { telegram }),

  sources: () => ask('sources'),
  addReceiver: (address) => ask('add_receiver', { address }),
  removeReceiver: (source) => ask('remove_receiver', { source }),
  tryReceiver: (source) => ask('try_receiver', { source }),
  addRecording: (name, bytes) => give('add_recording', bytes, { name }),
  startWalk: (tour, source) => ask('start_walk', { tour, source }),
  stopWalk: () => ask('stop_walk'),
  walk: () => ask('walk'),

  reasonCodes: (tour) => ask('reason_codes', { tour }),
  checkManual: (tour, meter, typed) => ask('check_manual', { tour, meter, typed }),
  enterManual: (entry) => ask('enter_manual', { entry }),
  skip: (tour, meter, reason, note) => ask('skip', { tour, meter, reason, note }),
  addNote: (tour, meter, text) => ask('add_note', { tour, meter, text }),
  addPhoto: (tour, meter, mediaType, bytes) =>
    give('add_photo', bytes, { tour, meter, 'media-type': mediaType }),

  sync: () => ask('sync'),
  exchange: () => ask('exchange'),
};
