/** Where the window is. */
export type Route =
  | { readonly screen: 'pair' }
  | { readonly screen: 'tours' }
  | { readonly screen: 'walk'; readonly tour: string }
  | { readonly screen: 'meter'; readonly tour: string; readonly meter: string }
  | { readonly screen: 'sync' }
  | { readonly screen: 'settings' };

/** The address of a route, behind the `#`; so the phone's back key works, and nothing is loaded. */
export function addressOf(route: Route): string {
  switch (route.screen) {
    case 'walk':
      return `#/tours/${encodeURIComponent(route.tour)}`;
    case 'meter':
      return `#/tours/${encodeURIComponent(route.tour)}/${encodeURIComponent(route.meter)}`;
    default:
      return `#/${route.screen}`;
  }
}

/** The route of an address; what is no address of ours is the list of tours. */
export function routeOf(address: string): Route {
  const [first = '', tour, meter] = address.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  if (first === 'tours' && tour !== undefined && tour !== '') {
    return meter === undefined || meter === '' ? { screen: 'walk', tour } : { screen: 'meter', tour, meter };
  }
  if (first === 'pair' || first === 'sync' || first === 'settings') return { screen: first };
  return { screen: 'tours' };
}

const here = $state<{ route: Route }>({ route: { screen: 'tours' } });

export function route(): Route {
  return here.route;
}

/** Goes to a route. `replace` leaves no way back to where it came from. */
export function go(next: Route, replace = false): void {
  if (replace) history.replaceState(null, '', addressOf(next));
  else history.pushState(null, '', addressOf(next));
  here.route = next;
}

/** Follows the address bar and the back key. Returns what ends that. */
export function followAddress(): () => void {
  const follow = (): void => {
    here.route = routeOf(location.hash);
  };
  addEventListener('hashchange', follow);
  addEventListener('popstate', follow);
  follow();
  return () => {
    removeEventListener('hashchange', follow);
    removeEventListener('popstate', follow);
  };
}
