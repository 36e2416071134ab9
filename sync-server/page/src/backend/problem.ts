/** Codes that the page itself raises, beside those of the server. */
export type OwnCode = 'unreachable' | 'not_an_answer';

/**
 * Something that failed, with a stable code to look at and English words for those who want them.
 *
 * `detail` is the server's; the page shows words of its own for every code that it knows.
 */
export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly detail: string,
    readonly attemptsLeft: number | null = null,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(`${code}: ${detail}`);
    this.name = 'Problem';
  }
}

/** Makes a problem of whatever was thrown; a fault of the page itself is passed on to the console. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  console.error(thrown);
  return new Problem('page_fault', String(thrown));
}
