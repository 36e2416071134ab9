import { Problem, toProblem } from '../backend/problem';

/** Something that is fetched: the last answer, and what went wrong with the last attempt. */
export class Loaded<Value> {
  value = $state.raw<Value>();
  problem = $state.raw<Problem>();
  private attempt = 0;

  /** Fetches it. An answer that was overtaken by a later attempt is dropped. */
  async load(fetch: () => Promise<Value>): Promise<void> {
    const attempt = ++this.attempt;
    try {
      const value = await fetch();
      if (attempt !== this.attempt) return;
      this.value = value;
      this.problem = undefined;
    } catch (thrown) {
      if (attempt === this.attempt) this.problem = toProblem(thrown);
    }
  }
}

/** Something that is done at a press: whether it is under way, and what went wrong. */
export class Act {
  busy = $state(false);
  problem = $state.raw<Problem>();

  /** Does it, unless it is under way already. Tells whether it succeeded. */
  async run(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = undefined;
    try {
      await work();
      return true;
    } catch (thrown) {
      this.problem = toProblem(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
