import { NO_FILTER, type Filter } from '../walk/list';

// Outlives the screen: who comes back from a meter finds the list as it was.
const kept = $state<{ tour: string; filter: Filter }>({ tour: '', filter: NO_FILTER });

export function filterOf(tour: string): Filter {
  return kept.tour === tour ? kept.filter : NO_FILTER;
}

export function keepFilter(tour: string, filter: Filter): void {
  kept.tour = tour;
  kept.filter = filter;
}
