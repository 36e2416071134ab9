import { describe, expect, test } from 'vitest';
import type { LiveState } from '../src/backend/backend';
import { HttpBackend, type EventStream, type HttpParts } from '../src/backend/http';
import { emptyWorld } from '../src/backend/memory/world';
import { MemoryBackend } from '../src/backend/memory/memory-backend';
import type { LiveEvent } from '../src/backend/model';
import { Problem } from '../src/backend/problem';
import { fakeServer } from './fake-server';

const noEvents: Omit<HttpParts, 'fetch'> = {
  openEvents: () => {
    throw new Error('not here');
  },
  later: () => () => undefined,
};
const answering = (response: () => Response): HttpBackend => new HttpBackend({ ...noEvents, fetch: async () => response() });

describe('a request', () => {
  test('carries the cookie to our server only, and the header that a foreign page cannot send', async () => {
    const seen: Request[] = [];
    const backend = new HttpBackend({ ...noEvents, fetch: fakeServer(new MemoryBackend(emptyWorld(), () => 0), seen) });
    await backend.session();
    await backend.signIn('wrong').catch(() => undefined);
    expect(seen.map((request) => [request.method, request.headers.get('x-walkby-request')])).toEqual([['GET', null], ['POST', '1']]);
    expect(seen.map((request) => [request.credentials, request.redirect])).toEqual([['same-origin', 'error'], ['same-origin', 'error']]);
  });

  test('of a file carries its bytes untouched', async () => {
    const seen: Request[] = [];
    const backend = new HttpBackend({ ...noEvents, fetch: fakeServer(new MemoryBackend(emptyWorld(), () => 0), seen) });
    const bytes = new Uint8Array([0xe4, 0x0a, 0xff]);
    await backend.previewTour(new Blob([bytes])).catch(() => undefined);
    expect(seen[0]?.headers.get('content-type')).toBe('text/csv');
    expect(new Uint8Array((await seen[0]?.arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(bytes);
  });
});

describe('what is no answer of ours', () => {
  test.each([
    ['a login page of the network', () => new Response('<html>', { headers: { 'content-type': 'text/html' } }), 'not_an_answer'],
    ['a proxy that fails', () => new Response('bad gateway', { status: 502, headers: { 'content-type': 'text/plain' } }), 'not_an_answer'],
    ['JSON that is cut off', () => new Response('{"tours":[', { headers: { 'content-type': 'application/json' } }), 'not_an_answer'],
    ['a problem that is cut off', () => new Response('{', { status: 500, headers: { 'content-type': 'application/problem+json' } }), 'not_an_answer'],
    ['a problem without a code', () => new Response('{}', { status: 500, headers: { 'content-type': 'application/problem+json' } }), 'unknown'],
  ])('%s is a problem of its own', async (_, response, code) => {
    await expect(answering(response).tours()).rejects.toMatchObject({ code });
  });

  test('a network that is not there is a problem of its own', async () => {
    const backend = new HttpBackend({ ...noEvents, fetch: () => Promise.reject(new TypeError('failed to fetch')) });
    await expect(backend.tours()).rejects.toBeInstanceOf(Problem);
    await expect(backend.tours()).rejects.toMatchObject({ code: 'unreachable' });
  });
});

/** An event stream whose other end the test holds. */
class FakeStream implements EventStream {
  readyState = 0;
  onopen: ((event: Event) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  closed = false;
  private readonly listeners = new Map<string, (event: MessageEvent<string>) => void>();

  addEventListener(name: string, listener: (event: MessageEvent<string>) => void): void {
    this.listeners.set(name, listener);
  }

  send(name: string, data: unknown): void {
    this.listeners.get(name)?.({ data: JSON.stringify(data) } as MessageEvent<string>);
  }

  fail(readyState: number): void {
    this.readyState = readyState;
    this.onerror?.(new Event('error'));
  }

  close(): void {
    this.closed = true;
  }
}

test('live events are passed on; a stream that was given up is opened again', () => {
  const streams: FakeStream[] = [];
  const waiting: (() => void)[] = [];
  const backend = new HttpBackend({
    fetch,
    openEvents: (url) => {
      expect(url).toBe('/api/v1/events');
      const stream = new FakeStream();
      streams.push(stream);
      return stream;
    },
    later: (_, then) => {
      waiting.push(then);
      return () => undefined;
    },
  });
  const states: LiveState[] = [];
  const events: LiveEvent[] = [];
  const stop = backend.live({ event: (event) => events.push(event), state: (state) => states.push(state) });

  streams[0]?.onopen?.(new Event('open'));
  streams[0]?.send('keys', { all: 1, works: 1, wrong: 0, unused: 0 });
  expect(events).toEqual([{ event: 'keys', data: { all: 1, works: 1, wrong: 0, unused: 0 } }]);
  streams[0]?.fail(0);
  expect(waiting).toHaveLength(0);
  streams[0]?.fail(2);
  waiting[0]?.();
  streams[1]?.onopen?.(new Event('open'));
  expect(states).toEqual(['connecting', 'live', 'lost', 'lost', 'connecting', 'live']);
  stop();
  expect(streams.map((stream) => stream.closed)).toEqual([false, true]);
});
