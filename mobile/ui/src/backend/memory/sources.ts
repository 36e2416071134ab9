import type { Receiver, ReceiverState, ReceiverTrial, Source } from '../model';
import { refuse } from './server';

/** The receiver at USB. */
const RECEIVER: Source = { id: 'receiver', kind: 'receiver', name: 'iM871A' };
/** The recording that comes with the app. */
export const RECORDING: Source = { id: 'recording', kind: 'recording', name: 'Training' };
/** Of a receiver that does not listen. */
export const SILENT: Receiver = { state: 'idle', frames_per_minute: 0, damaged_per_minute: 0, model: null, link_modes: null };

/** What it is and where: at a port of this handheld, or at a host and its port. */
const ADDRESS = /^(\w+:)?(\/\S+|(tcp:)?[\w.-]+:\d+)$/;

/** What a walk can listen to. */
export class Sources {
  private readonly receivers = new Map<string, Source>([[RECEIVER.id, RECEIVER]]);
  private readonly recordings = new Map<string, Source>([[RECORDING.id, RECORDING]]);

  /** Makes sources; every receiver is in `state`. */
  constructor(private readonly state: ReceiverState) {}

  all(): Source[] {
    return [...this.receivers.values(), ...this.recordings.values()];
  }

  addReceiver(address: string): Source {
    const known = address.trim();
    if (!ADDRESS.test(known)) throw refuse('bad_receiver');
    const source: Source = { id: `receiver:${known}`, kind: 'receiver', name: known };
    this.receivers.set(source.id, source);
    return source;
  }

  removeReceiver(id: string): void {
    this.receivers.delete(id);
  }

  addRecording(name: string, bytes: Uint8Array): Source {
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      throw refuse('wrong_encoding');
    }
    if (!/[0-9A-Fa-f]{20,}/.test(text)) throw refuse('recording_unreadable');
    const source: Source = { id: `recording-${String(this.recordings.size)}`, kind: 'recording', name };
    this.recordings.set(source.id, source);
    return source;
  }

  /** What a receiver shows when it is tried out. */
  tried(id: string): ReceiverTrial {
    const known = this.receivers.get(id);
    if (known === undefined) throw refuse('no_receiver', true);
    if (this.state === 'lost') throw refuse('receiver_lost', true);
    const heard =
      this.state === 'receiving'
        ? { frames: 20, damaged: 1, meters: 7, best_rssi_dbm: -58 }
        : { frames: 0, damaged: 0, meters: 0, best_rssi_dbm: null };
    return { model: known.name, id: '71B4120A', firmware: '1.9', state: this.state, link_modes: 't,c', ...heard };
  }

  /** How a source is that a walk begins to listen to. A receiver tells of itself; a recording tells nothing. */
  listening({ kind, name }: Source): Receiver {
    const told = kind === 'receiver' ? { model: name, link_modes: 't,c', damaged_per_minute: 2 } : {};
    return { ...SILENT, ...told, state: this.state };
  }
}
