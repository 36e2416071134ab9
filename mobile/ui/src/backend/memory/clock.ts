/** Time as an argument: what the instant is, and what is to happen later. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Runs a task once, later. Returns what cancels it. */
  after(milliseconds: number, task: () => void): () => void;
}

/** The clock of the machine. */
export const machineClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, task) {
    const timer = setTimeout(task, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** A clock that stands until it is moved; tasks run when it passes them. */
export class StandingClock implements Clock {
  private tasks: { at: number; task: () => void }[] = [];

  constructor(private instant: number) {}

  now(): number {
    return this.instant;
  }

  after(milliseconds: number, task: () => void): () => void {
    const entry = { at: this.instant + milliseconds, task };
    this.tasks.push(entry);
    return () => {
      this.tasks = this.tasks.filter((other) => other !== entry);
    };
  }

  /** Moves on, running in order what is due. Promises between the tasks are let go on. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.instant + milliseconds;
    for (;;) {
      const [next] = this.tasks.filter(({ at }) => at <= end).sort((left, right) => left.at - right.at);
      if (next === undefined) break;
      this.tasks = this.tasks.filter((other) => other !== next);
      this.instant = Math.max(this.instant, next.at);
      next.task();
      await Promise.resolve();
    }
    this.instant = end;
  }
}
