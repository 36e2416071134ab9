import type { MeterPage, MeterQuery, TourId, TourMeterRow } from '../backend/model';
import { Act, Loaded } from './loaded.svelte';
import type { Office } from './office.svelte';

const PAGE = 100;

/** The filter and the order that a person chose. */
export type Filter = Omit<MeterQuery, 'cursor' | 'limit'>;

export const NO_FILTER: Filter = { sort: 'position', order: 'asc' };

/** Whether a filter hides anything. */
export function hides(filter: Filter): boolean {
  return Boolean(filter.state ?? filter.kind ?? filter.alarm ?? filter.house) || (filter.q ?? '') !== '';
}

/** The lines of a tour that fit a filter, kept up to date by the server's events. */
export class Lines {
  filter = $state<Filter>({ ...NO_FILTER });
  readonly page = new Loaded<MeterPage>();
  readonly more = new Act();
  /** The line that an event changed last, so that the eye finds it. */
  changed = $state<string>();

  constructor(
    private readonly office: Office,
    private readonly tour: TourId,
  ) {
    $effect(() => {
      void office.generation;
      this.load();
    });
    $effect(() => office.onLine((of, line) => this.take(of, line)));
  }

  load(): void {
    const query = { ...this.filter, limit: PAGE };
    void this.page.load(() => this.office.ask((backend) => backend.tourMeters(this.tour, query)));
  }

  showMore(): void {
    const shown = this.page.value;
    if (shown === undefined || shown.cursor === null) return;
    const query = { ...this.filter, limit: PAGE, cursor: shown.cursor };
    void this.more.run(async () => {
      const next = await this.office.ask((backend) => backend.tourMeters(this.tour, query));
      this.page.value = { ...next, lines: [...shown.lines, ...next.lines] };
    });
  }

  sortBy(sort: Filter['sort']): void {
    const turned = this.filter.sort === sort && this.filter.order === 'asc';
    this.filter = { ...this.filter, sort, order: turned ? 'desc' : 'asc' };
  }

  clear(): void {
    this.filter = { ...NO_FILTER, sort: this.filter.sort, order: this.filter.order };
  }

  // The line stays where it stands, even if it no longer fits the filter: rows do not jump while one reads.
  private take(tour: TourId, line: TourMeterRow): void {
    const shown = this.page.value;
    if (tour !== this.tour || shown === undefined) return;
    if (!shown.lines.some((known) => known.id === line.id)) return;
    this.page.value = { ...shown, lines: shown.lines.map((known) => (known.id === line.id ? line : known)) };
    this.changed = line.id;
  }
}
