/** Follows a text, but changes at most once in each span of time; the last word is never lost. */
export function calmed(text: () => string, milliseconds: number): { readonly text: string } {
  let shown = $state(text());
  let waiting: ReturnType<typeof setTimeout> | undefined;
  $effect(() => {
    const next = text();
    if (next === shown || waiting !== undefined) return;
    shown = next;
    waiting = setTimeout(() => {
      waiting = undefined;
      shown = text();
    }, milliseconds);
  });
  $effect(() => () => clearTimeout(waiting));
  return {
    get text() {
      return shown;
    },
  };
}
