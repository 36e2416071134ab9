/** One value of a meter at a date. */
export interface PlotPoint {
  readonly date: string;
  /** An exact decimal as text. */
  readonly value: string;
}

export interface Placed {
  readonly x: number;
  readonly y: number;
  readonly point: PlotPoint;
}

/**
 * Places points in a box of `width` × `height`. A decimal becomes a float here, since a pixel is one; the
 * value that is shown beside the line stays text.
 */
export function placePoints(points: readonly PlotPoint[], width: number, height: number): Placed[] {
  const known = points
    .map((point) => ({ point, at: Date.parse(point.date), value: Number(point.value) }))
    .filter(({ at, value }) => Number.isFinite(at) && Number.isFinite(value))
    .sort((left, right) => left.at - right.at);
  const first = known[0];
  const last = known.at(-1);
  if (first === undefined || last === undefined) return [];
  const low = Math.min(...known.map(({ value }) => value));
  const high = Math.max(...known.map(({ value }) => value));
  const across = last.at - first.at || 1;
  const up = high - low || 1;
  return known.map(({ point, at, value }) => ({
    point,
    x: last.at === first.at ? width / 2 : ((at - first.at) / across) * width,
    y: high === low ? height / 2 : height - ((value - low) / up) * height,
  }));
}
