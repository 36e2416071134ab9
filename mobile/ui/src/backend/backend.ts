import type { TelegramExplanation } from '@walkby/ui';
import type {
  BackendEvent,
  ManualCheck,
  ManualEntry,
  MeterDetail,
  Pairing,
  PairRequest,
  ReasonCodes,
  ReceiverTrial,
  Settings,
  Source,
  SourceId,
  Start,
  Sync,
  TelegramId,
  Tour,
  TourId,
  TourMeterId,
  TourSummary,
  Walk,
} from './model';

/**
 * All that the window may ask of the engine. The state lives there; the window shows it.
 *
 * Every verb that changes something answers after the change is on disk. Every verb may throw `BackendError`.
 */
export interface Backend {
  /**
   * Opens the store; nothing else works before. Null tries the platform's keyring.
   * `passphrase_needed`: the store was made with one; `no_keyring`: choose one, which makes a new store.
   */
  open(passphrase: string | null): Promise<Start>;

  /** Hears everything that the engine says from now on. Returns what ends that. */
  subscribe(listener: (event: BackendEvent) => void): Promise<() => void>;

  pair(request: PairRequest): Promise<Pairing>;
  saveSettings(settings: Settings): Promise<void>;

  tours(): Promise<TourSummary[]>;
  tour(tour: TourId): Promise<Tour>;
  meter(tour: TourId, meter: TourMeterId): Promise<MeterDetail>;
  telegram(telegram: TelegramId): Promise<TelegramExplanation>;

  /** What can be listened to, the receivers that are attached now among it. */
  sources(): Promise<Source[]>;
  /** Keeps a receiver that is no port of this handheld, such as `rtl_tcp:192.168.1.7:1234`. `bad_receiver`. */
  addReceiver(address: string): Promise<Source>;
  removeReceiver(source: SourceId): Promise<void>;
  /** Listens to a receiver for up to 20 seconds. `no_receiver`, `receiver_lost`, `receiver_denied`, `receiver_busy`. */
  tryReceiver(source: SourceId): Promise<ReceiverTrial>;
  /** Takes in a recording for training. `wrong_encoding` and `recording_unreadable` say why not. */
  addRecording(name: string, bytes: Uint8Array): Promise<Source>;
  /** Goes on with the tour's open walk, or begins one, and listens. */
  startWalk(tour: TourId, source: SourceId): Promise<Walk>;
  /** Stops listening. What was heard stays; the walk can be started again. */
  stopWalk(): Promise<Walk | null>;
  walk(): Promise<Walk | null>;

  reasonCodes(tour: TourId): Promise<ReasonCodes>;
  /** Judges what was typed, without storing it. */
  checkManual(tour: TourId, meter: TourMeterId, typed: string): Promise<ManualCheck>;
  enterManual(entry: ManualEntry): Promise<MeterDetail>;
  skip(tour: TourId, meter: TourMeterId, reason: string, note: string | null): Promise<MeterDetail>;
  addNote(tour: TourId, meter: TourMeterId, text: string): Promise<MeterDetail>;
  addPhoto(tour: TourId, meter: TourMeterId, mediaType: string, bytes: Uint8Array): Promise<MeterDetail>;

  sync(): Promise<Sync>;
  /** Pulls tours, then pushes what waits. Answers when the exchange ended; events tell how it goes. */
  exchange(): Promise<Sync>;
}
