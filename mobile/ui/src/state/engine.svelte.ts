import { setLanguage, preferredLanguage, setTheme } from '@walkby/ui';
import type { Backend } from '../backend/backend';
import type { BackendEvent, MeterRow, Pairing, Problem, Progress, Settings, Start, Sync, TourSummary, Walk } from '../backend/model';
import { problemOf } from '../backend/problem';
import { signalNew, type Signal } from './signal';

type MetersEvent = Extract<BackendEvent, { event: 'meters' }>;

/** A tour whose lines are at hand. */
export interface OpenTour {
  readonly id: string;
  readonly name: string;
  readonly due_date: string | null;
  readonly progress: Progress;
  /** In walking order. */
  readonly rows: readonly MeterRow[];
}

/** What the engine last said. Nothing is true here that did not come from there. */
export class Engine {
  opened = $state(false);
  appVersion = $state('');
  pairing = $state.raw<Pairing | null>(null);
  settings = $state.raw<Settings>({ language: null, theme: 'system', sound: true, vibration: true });
  tours = $state.raw<readonly TourSummary[]>([]);
  tour = $state.raw<OpenTour | null>(null);
  walk = $state.raw<Walk | null>(null);
  sync = $state.raw<Sync | null>(null);
  /** Something that failed while nobody asked; stays until it is put away. */
  problem = $state.raw<Problem | null>(null);

  /** What changed while a tour is being read: the answer may be older. Undefined while none is. */
  private arrived: MetersEvent[] | undefined;
  /** Where in `rows` each line of the open tour is. */
  private indexes: Readonly<Record<string, number>> = {};

  constructor(
    readonly backend: Backend,
    private readonly signal: Signal,
  ) {}

  /** Opens the store and shows what is in it. Throws what the engine throws. */
  async open(passphrase: string | null): Promise<Start> {
    const start = await this.backend.open(passphrase);
    await this.backend.subscribe((event) => this.take(event));
    this.appVersion = start.app_version;
    this.pairing = start.pairing;
    this.walk = start.open_walk;
    this.show(start.settings);
    this.sync = await this.backend.sync();
    this.tours = await this.backend.tours();
    this.opened = true;
    return start;
  }

  async openTour(id: string): Promise<void> {
    if (this.tour?.id !== id) await this.readTour(id);
  }

  private async readTour(id: string): Promise<void> {
    const arrived: MetersEvent[] = [];
    this.arrived = arrived;
    const { name, due_date, progress, meters } = await this.backend.tour(id);
    // Meanwhile another tour was opened, or this one asked for again.
    if (this.arrived !== arrived) return;
    this.arrived = undefined;
    this.indexes = Object.fromEntries(meters.map((row, index) => [row.id, index]));
    this.tour = { id, name, due_date, progress, rows: meters };
    for (const event of arrived) this.putMeters(event);
  }

  /** Keeps a choice, then shows it. */
  async save(change: Partial<Settings>): Promise<void> {
    const settings = { ...this.settings, ...change };
    await this.backend.saveSettings(settings);
    this.show(settings);
  }

  /** Runs something whose failure is to be seen on whatever screen is open. */
  async attempt(task: () => Promise<unknown>): Promise<void> {
    this.problem = null;
    try {
      await task();
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }

  private show(settings: Settings): void {
    this.settings = settings;
    setLanguage(settings.language ?? preferredLanguage(navigator.languages));
    setTheme(settings.theme);
  }

  private take(event: BackendEvent): void {
    switch (event.event) {
      case 'walk':
        this.walk = event.walk;
        break;
      case 'sync':
        this.sync = event.sync;
        break;
      case 'tours':
        this.tours = event.tours;
        // The lines of the tour that is open may have changed with it.
        if (this.tour !== null) void this.attempt(() => this.readTour(this.tour?.id ?? ''));
        break;
      case 'problem':
        this.problem = event.problem;
        break;
      case 'meters':
        this.takeMeters(event);
    }
  }

  private takeMeters(event: MetersEvent): void {
    this.tours = this.tours.map((summary) => (summary.id === event.tour ? { ...summary, progress: event.progress } : summary));
    this.arrived?.push(event);
    this.putMeters(event);
    signalNew(this.signal, event.newly_heard, this.settings);
  }

  private putMeters({ tour, meters, progress }: MetersEvent): void {
    if (this.tour?.id !== tour) return;
    const rows = [...this.tour.rows];
    for (const row of meters) {
      const index = this.indexes[row.id];
      if (index !== undefined) rows[index] = row;
    }
    this.tour = { ...this.tour, rows, progress };
  }
}
