import type {
  AuditEntry,
  Handheld,
  HistorySeries,
  KeyImport,
  KeyPage,
  KeyQuery,
  LiveEvent,
  MeterPage,
  MeterQuery,
  OfficeSession,
  PairingCode,
  Preview,
  PreviewKey,
  PreviewMeter,
  ReplicaId,
  TelegramDetail,
  TelegramId,
  TourDetail,
  TourId,
  TourImport,
  TourMeterDetail,
  TourMeterId,
  TourSummary,
} from './model';

/** Whether live events arrive. */
export type LiveState = 'connecting' | 'live' | 'lost';

export interface LiveListener {
  event(event: LiveEvent): void;
  state(state: LiveState): void;
}

/** A file that the browser fetches by itself. */
export interface Download {
  href: string;
  file_name: string;
}

/**
 * Everything that the page asks of a server.
 *
 * Two sides implement it: HTTP, and one in memory for tests and for trying the page. Each verb fails
 * with a `Problem` only.
 */
export interface OfficeBackend {
  /** Tells who is signed in, or null. */
  session(): Promise<OfficeSession | null>;
  signIn(password: string): Promise<OfficeSession>;
  signOut(): Promise<void>;

  tours(): Promise<TourSummary[]>;
  tour(id: TourId): Promise<TourDetail>;
  previewTour(file: Blob): Promise<Preview<PreviewMeter>>;
  createTour(name: string, file: Blob): Promise<TourImport>;
  assignTour(id: TourId, replica: ReplicaId): Promise<void>;
  withdrawTour(id: TourId, replica: ReplicaId): Promise<void>;
  releaseTour(id: TourId): Promise<void>;

  tourMeters(id: TourId, query: MeterQuery): Promise<MeterPage>;
  tourMeter(id: TourId, line: TourMeterId): Promise<TourMeterDetail>;
  history(id: TourId, line: TourMeterId): Promise<HistorySeries[]>;
  telegram(id: TelegramId): Promise<TelegramDetail>;
  /** Where the readings of a tour lie as CSV. */
  readingsCsv(tour: TourSummary): Download;

  keys(query: KeyQuery): Promise<KeyPage>;
  /** The password is that of a KEM file; a CSV needs none. */
  previewKeys(file: Blob, password?: string): Promise<Preview<PreviewKey>>;
  importKeys(file: Blob, password?: string): Promise<KeyImport>;

  handhelds(): Promise<Handheld[]>;
  makePairingCode(): Promise<PairingCode>;
  revokeHandheld(replica: ReplicaId): Promise<void>;

  /** The newest entries before a number; fewer than `limit` when there are no more. */
  audit(limit: number, before?: number): Promise<AuditEntry[]>;

  /** Listens to what the server tells by itself, until the returned function is called. */
  live(listener: LiveListener): () => void;
}
