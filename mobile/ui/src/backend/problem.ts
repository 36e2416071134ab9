import type { Problem } from './model';

/**
 * Every code that the window has words for: what happened (`error.CODE`) and what to do (`error.CODE.todo`).
 * A code that is not here is shown with the words of `internal` and the code itself.
 */
export const PROBLEM_CODES = [
  // Pairing and the server
  'wrong_pairing_code',
  'too_many_attempts',
  'wrong_address',
  'unreachable',
  'untrusted_certificate',
  'timeout',
  'connection_broken',
  'not_our_server',
  'revoked',
  'unauthorized',
  'unavailable',
  'server_full',
  'update_app',
  'refused',
  // The store on this handheld
  'newer_store',
  'disk_full',
  'passphrase_needed',
  'no_keyring',
  'wrong_passphrase',
  'key_missing',
  'store_damaged',
  // The walk
  'wrong_encoding',
  'recording_unreadable',
  'no_receiver',
  'receiver_lost',
  'receiver_denied',
  'receiver_busy',
  'bad_receiver',
  'no_such_tour',
  'tour_withdrawn',
  'tour_incomplete',
  'no_such_meter',
  'no_such_telegram',
  'unit_missing',
  'not_a_number',
  'not_confirmed',
  'not_a_picture',
  'internal',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** A refused request, as it is thrown by every verb of `Backend`. */
export class BackendError extends Error {
  override readonly name = 'BackendError';

  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** Reads whatever was thrown. What is no problem of the engine is a fault of ours: `internal`. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof BackendError) return thrown.problem;
  if (isProblem(thrown)) return thrown;
  return { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown), retry: false };
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    'message' in value &&
    typeof value.message === 'string' &&
    'retry' in value &&
    typeof value.retry === 'boolean'
  );
}
