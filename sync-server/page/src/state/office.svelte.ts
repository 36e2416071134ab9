import { getContext, setContext } from 'svelte';
import type { LiveState, OfficeBackend } from '../backend/backend';
import type { Handheld, KeyCounts, LiveEvent, OfficeSession, TourId, TourMeterRow, TourSummary } from '../backend/model';
import { Problem, toProblem } from '../backend/problem';

type LineListener = (tour: TourId, line: TourMeterRow) => void;

/** What the page knows, kept up to date by the server's events. */
export class Office {
  /** Undefined until the server was asked. */
  session = $state.raw<OfficeSession | null>();
  openingProblem = $state.raw<Problem>();
  /** Whether the session ended while the page was in use. */
  ended = $state(false);
  tours = $state.raw<TourSummary[]>();
  handhelds = $state.raw<Handheld[]>();
  keyCounts = $state.raw<KeyCounts>();
  live = $state<LiveState>('connecting');
  /** Grows when events may have been missed: whoever reads it fetches again. */
  generation = $state(0);

  private stopLive: (() => void) | undefined;
  private lineListeners: readonly LineListener[] = [];

  constructor(private readonly backend: OfficeBackend) {}

  /** Asks the server who is signed in. */
  async open(): Promise<void> {
    this.openingProblem = undefined;
    try {
      const session = await this.backend.session();
      if (session !== null) await this.begin(session);
      else this.session = null;
    } catch (thrown) {
      this.openingProblem = toProblem(thrown);
    }
  }

  async signIn(password: string): Promise<void> {
    await this.begin(await this.backend.signIn(password));
  }

  async signOut(): Promise<void> {
    await this.backend.signOut();
    this.end(false);
  }

  /** Asks the server for something. Notices when the session has ended. */
  async ask<Answer>(question: (backend: OfficeBackend) => Promise<Answer>): Promise<Answer> {
    try {
      return await question(this.backend);
    } catch (thrown) {
      const problem = toProblem(thrown);
      if (problem.code === 'unauthorized') this.end(true);
      throw problem;
    }
  }

  /** Where the readings of a tour lie as CSV. */
  readingsCsv(tour: TourSummary): ReturnType<OfficeBackend['readingsCsv']> {
    return this.backend.readingsCsv(tour);
  }

  /** Fetches tours, handhelds and the counts of keys. */
  async refresh(): Promise<void> {
    const [tours, handhelds, keys] = await this.ask((backend) =>
      Promise.all([backend.tours(), backend.handhelds(), backend.keys({ limit: 1 })]),
    );
    this.tours = tours;
    this.handhelds = handhelds;
    this.keyCounts = keys.counts;
  }

  /** Listens to changes of lines, until the returned function is called. */
  onLine(listener: LineListener): () => void {
    this.lineListeners = [...this.lineListeners, listener];
    return () => {
      this.lineListeners = this.lineListeners.filter((other) => other !== listener);
    };
  }

  private async begin(session: OfficeSession): Promise<void> {
    await this.refresh();
    this.session = session;
    this.ended = false;
    this.stopLive?.();
    this.stopLive = this.backend.live({
      event: (event) => this.take(event),
      state: (state) => {
        const lost = this.live === 'lost';
        this.live = state;
        if (lost && state === 'live') this.catchUp();
      },
    });
  }

  private end(byServer: boolean): void {
    this.stopLive?.();
    this.stopLive = undefined;
    this.session = null;
    this.ended = byServer;
  }

  private catchUp(): void {
    this.generation += 1;
    // A failure shows as the next attempt's, or as the lost connection that it is.
    this.refresh().catch(toProblem);
  }

  private take(event: LiveEvent): void {
    switch (event.event) {
      case 'tour':
        this.tours = put(this.tours, event.data, (tour) => tour.id);
        break;
      case 'handheld':
        this.handhelds = put(this.handhelds, event.data, (handheld) => handheld.replica);
        break;
      case 'line':
        for (const listener of this.lineListeners) listener(event.data.tour, event.data.line);
        break;
      case 'keys':
        this.keyCounts = event.data;
        break;
      case 'signed_out':
        this.end(true);
        break;
      case 'resync':
        this.catchUp();
        break;
    }
  }
}

/** Puts an item in the place of the one with the same identity, or before all others. */
function put<Item>(items: Item[] | undefined, item: Item, identityOf: (item: Item) => string): Item[] {
  const known = items ?? [];
  const identity = identityOf(item);
  return known.some((other) => identityOf(other) === identity)
    ? known.map((other) => (identityOf(other) === identity ? item : other))
    : [item, ...known];
}

const KEY = Symbol('office');

export function provideOffice(office: Office): void {
  setContext(KEY, office);
}

export function useOffice(): Office {
  return getContext<Office>(KEY);
}
