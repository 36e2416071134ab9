/** Where one can be. */
export type Route =
  | { screen: 'home' | 'start' | 'tours' | 'new_tour' | 'handhelds' | 'pair' | 'keys' | 'import_keys' | 'audit' | 'unknown' }
  | { screen: 'tour'; tour: string }
  | { screen: 'line'; tour: string; line: string }
  | { screen: 'telegram'; tour: string; line: string; telegram: string };

/** Reads the part of the address after `#`. */
export function parseRoute(hash: string): Route {
  const [area = '', id, part, line, inner, telegram, ...rest] = hash.replace(/^#\/?/, '').split('/');
  if (rest.length > 0) return { screen: 'unknown' };
  switch (area) {
    case '':
      return { screen: 'home' };
    case 'start':
    case 'audit':
      return { screen: id === undefined ? area : 'unknown' };
    case 'handhelds':
      return { screen: id === undefined ? 'handhelds' : id === 'pair' ? 'pair' : 'unknown' };
    case 'keys':
      return { screen: id === undefined ? 'keys' : id === 'import' ? 'import_keys' : 'unknown' };
    case 'tours':
      if (id === undefined) return { screen: 'tours' };
      if (id === 'new' && part === undefined) return { screen: 'new_tour' };
      if (part === undefined) return { screen: 'tour', tour: id };
      if (part !== 'lines' || line === undefined) return { screen: 'unknown' };
      if (inner === undefined) return { screen: 'line', tour: id, line };
      if (inner !== 'telegrams' || telegram === undefined) return { screen: 'unknown' };
      return { screen: 'telegram', tour: id, line, telegram };
    default:
      return { screen: 'unknown' };
  }
}

/** Writes the address of a line of a tour. */
export function lineHref(tour: string, line: string): string {
  return `#/tours/${tour}/lines/${line}`;
}

const now = $state({ route: parseRoute(globalThis.location?.hash ?? '') });
globalThis.addEventListener?.('hashchange', () => {
  now.route = parseRoute(location.hash);
});

/** Where one is. */
export function route(): Route {
  return now.route;
}

export function go(hash: string): void {
  location.hash = hash;
}

/** Goes there as if one had never been here. */
export function goInstead(hash: string): void {
  location.replace(hash);
}
