/** Where each item of a list begins, and behind the last one where the list ends. */
export function offsetsOf<Item>(items: readonly Item[], heightOf: (item: Item) => number): Float64Array {
  const offsets = new Float64Array(items.length + 1);
  let end = 0;
  items.forEach((item, index) => {
    end += heightOf(item);
    offsets[index + 1] = end;
  });
  return offsets;
}

/** The index of the item that lies at a height; the last one for a height behind the end. */
export function indexAt(offsets: Float64Array, height: number): number {
  let low = 0;
  let high = Math.max(0, offsets.length - 2);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((offsets[middle] ?? Infinity) <= height) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Which items are to be drawn: those that can be seen and `beyond` pixels on either side. */
export function windowOf(
  offsets: Float64Array,
  top: number,
  height: number,
  beyond: number,
): { readonly from: number; readonly to: number } {
  const count = offsets.length - 1;
  if (count <= 0) return { from: 0, to: 0 };
  return { from: indexAt(offsets, top - beyond), to: Math.min(count, indexAt(offsets, top + height + beyond) + 1) };
}
