/** The time of now for a component, which sees it move every so many milliseconds while it is shown. */
export class Clock {
  now = $state(Date.now());

  constructor(everyMilliseconds: number) {
    $effect(() => {
      const timer = setInterval(() => {
        this.now = Date.now();
      }, everyMilliseconds);
      return () => clearInterval(timer);
    });
  }
}
