const clock = $state({ now: Date.now() });
let watchers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/**
 * The time, for "12 seconds ago"; moves on every five seconds while a component looks at it.
 * It is for the eye only: nothing is decided by it.
 */
export function now(): number {
  return clock.now;
}

/** Lets the time move on. To be called in an effect, whose end it returns. */
export function watchTime(): () => void {
  watchers += 1;
  clock.now = Date.now();
  timer ??= setInterval(() => (clock.now = Date.now()), 5000);
  return () => {
    watchers -= 1;
    if (watchers > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
