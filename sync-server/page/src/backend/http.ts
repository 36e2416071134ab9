import type { Download, LiveListener, OfficeBackend } from './backend';
import type {
  AuditEntry,
  Handheld,
  HistorySeries,
  KeyImport,
  KeyPage,
  KeyQuery,
  LiveEvent,
  MeterPage,
  MeterQuery,
  OfficeSession,
  PairingCode,
  Preview,
  PreviewKey,
  PreviewMeter,
  ReplicaId,
  TelegramDetail,
  TelegramId,
  TourDetail,
  TourId,
  TourImport,
  TourMeterDetail,
  TourMeterId,
  TourSummary,
} from './model';
import { Problem } from './problem';

const ROOT = '/api/v1';
const EVENTS: readonly LiveEvent['event'][] = [
  'tour',
  'line',
  'handheld',
  'keys',
  'signed_out',
  'resync',
];

/** The parts of an `EventSource` that are used, so that tests can stand in for it. */
export interface EventStream {
  readonly readyState: number;
  onopen: ((event: Event) => void) | null;
  onerror: ((event: Event) => void) | null;
  addEventListener(name: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

export interface HttpParts {
  fetch: typeof fetch;
  openEvents(url: string): EventStream;
  /** Calls back later: used to open the event stream again after the browser gave it up. */
  later(milliseconds: number, then: () => void): () => void;
}

const REOPEN_EVENTS_AFTER_MS = 5_000;
const CLOSED = 2;

const browserParts: HttpParts = {
  fetch: (input, init) => fetch(input, init),
  openEvents: (url) => new EventSource(url),
  later: (milliseconds, then) => {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  },
};

type Headers = Readonly<Record<string, string>>;

/** A file of keys may be no text: the server sees from its bytes what it is. */
function keyFileHeaders(password: string | undefined): Headers {
  const type = { 'content-type': 'application/octet-stream' };
  if (password === undefined) return type;
  const bytes = new TextEncoder().encode(password);
  return { ...type, 'walkby-file-password': btoa(String.fromCharCode(...bytes)) };
}

/** The office backend that is a real server, spoken to over HTTP with a session cookie. */
export class HttpBackend implements OfficeBackend {
  constructor(private readonly parts: HttpParts = browserParts) {}

  async session(): Promise<OfficeSession | null> {
    try {
      return await this.json<OfficeSession>('GET', '/login');
    } catch (problem) {
      if (problem instanceof Problem && problem.code === 'unauthorized') return null;
      throw problem;
    }
  }

  signIn(password: string): Promise<OfficeSession> {
    return this.json('POST', '/login', { password });
  }

  async signOut(): Promise<void> {
    await this.send('POST', '/logout');
  }

  async tours(): Promise<TourSummary[]> {
    return (await this.json<{ tours: TourSummary[] }>('GET', '/tours?limit=1000')).tours;
  }

  tour(id: TourId): Promise<TourDetail> {
    return this.json('GET', `/tours/${id}`);
  }

  previewTour(file: Blob): Promise<Preview<PreviewMeter>> {
    return this.json('POST', '/tours/preview', file);
  }

  createTour(name: string, file: Blob): Promise<TourImport> {
    return this.json('POST', `/tours${query({ name })}`, file);
  }

  async assignTour(id: TourId, replica: ReplicaId): Promise<void> {
    await this.send('PUT', `/tours/${id}/assignment`, { replica });
  }

  async withdrawTour(id: TourId, replica: ReplicaId): Promise<void> {
    await this.send('DELETE', `/tours/${id}/assignment/${replica}`);
  }

  async releaseTour(id: TourId): Promise<void> {
    await this.send('POST', `/tours/${id}/release`);
  }

  tourMeters(id: TourId, filter: MeterQuery): Promise<MeterPage> {
    return this.json('GET', `/tours/${id}/lines${query({ ...filter })}`);
  }

  tourMeter(id: TourId, line: TourMeterId): Promise<TourMeterDetail> {
    return this.json('GET', `/tours/${id}/lines/${line}`);
  }

  async history(id: TourId, line: TourMeterId): Promise<HistorySeries[]> {
    const path = `/tours/${id}/lines/${line}/history`;
    return (await this.json<{ series: HistorySeries[] }>('GET', path)).series;
  }

  telegram(id: TelegramId): Promise<TelegramDetail> {
    return this.json('GET', `/telegrams/${id}/explanation`);
  }

  readingsCsv(tour: TourSummary): Download {
    return { href: `${ROOT}/readings.csv${query({ tour: tour.id })}`, file_name: '' };
  }

  keys(filter: KeyQuery): Promise<KeyPage> {
    return this.json('GET', `/keys${query({ ...filter })}`);
  }

  previewKeys(file: Blob, password?: string): Promise<Preview<PreviewKey>> {
    return this.json('POST', '/keys/preview', file, keyFileHeaders(password));
  }

  importKeys(file: Blob, password?: string): Promise<KeyImport> {
    return this.json('POST', '/keys', file, keyFileHeaders(password));
  }

  async handhelds(): Promise<Handheld[]> {
    return (await this.json<{ handhelds: Handheld[] }>('GET', '/handhelds')).handhelds;
  }

  makePairingCode(): Promise<PairingCode> {
    return this.json('POST', '/pairing-codes', {});
  }

  async revokeHandheld(replica: ReplicaId): Promise<void> {
    await this.send('DELETE', `/handhelds/${replica}`);
  }

  async audit(limit: number, before?: number): Promise<AuditEntry[]> {
    const path = `/audit${query({ limit, cursor: before })}`;
    return (await this.json<{ entries: AuditEntry[] }>('GET', path)).entries;
  }

  live(listener: LiveListener): () => void {
    let stream: EventStream | undefined;
    let cancel = (): void => undefined;
    const open = (): void => {
      listener.state('connecting');
      const opened = this.parts.openEvents(`${ROOT}/events`);
      stream = opened;
      opened.onopen = () => listener.state('live');
      opened.onerror = () => {
        listener.state('lost');
        // The browser tries again by itself unless the answer was no event stream at all.
        if (opened.readyState === CLOSED) cancel = this.parts.later(REOPEN_EVENTS_AFTER_MS, open);
      };
      for (const event of EVENTS) {
        opened.addEventListener(event, (message) => {
          listener.event({ event, data: JSON.parse(message.data) } as LiveEvent);
        });
      }
    };
    open();
    return () => {
      cancel();
      stream?.close();
    };
  }

  private async json<Answer>(method: string, path: string, body?: Blob | object, more?: Headers): Promise<Answer> {
    const response = await this.send(method, path, body, more);
    if (mediaType(response) !== 'application/json') throw notAnAnswer(response);
    try {
      return (await response.json()) as Answer;
    } catch {
      throw notAnAnswer(response);
    }
  }

  private async send(method: string, path: string, body?: Blob | object, more: Headers = {}): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (method !== 'GET') headers['x-walkby-request'] = '1';
    let content: BodyInit | null = null;
    if (body instanceof Blob) {
      headers['content-type'] = 'text/csv';
      content = body;
    } else if (body !== undefined) {
      headers['content-type'] = 'application/json';
      content = JSON.stringify(body);
    }
    let response: Response;
    try {
      response = await this.parts.fetch(ROOT + path, {
        method,
        headers: { ...headers, ...more },
        body: content,
        credentials: 'same-origin',
        cache: 'no-store',
        redirect: 'error',
      });
    } catch (thrown) {
      throw new Problem('unreachable', String(thrown));
    }
    if (response.ok) return response;
    throw await problemOf(response);
  }
}

/** Writes a query string; members without a value are left out. */
function query(members: Record<string, string | number | undefined>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined && value !== '') parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

function mediaType(response: Response): string {
  return (response.headers.get('content-type') ?? '').split(';', 1)[0]?.trim() ?? '';
}

function notAnAnswer(response: Response): Problem {
  return new Problem('not_an_answer', `HTTP ${response.status} ${mediaType(response)}`);
}

async function problemOf(response: Response): Promise<Problem> {
  if (mediaType(response) !== 'application/problem+json') return notAnAnswer(response);
  try {
    const body = (await response.json()) as Record<string, unknown>;
    const number = (member: string): number | null =>
      typeof body[member] === 'number' ? body[member] : null;
    return new Problem(
      typeof body['code'] === 'string' ? body['code'] : 'unknown',
      typeof body['detail'] === 'string' ? body['detail'] : '',
      number('attempts_left'),
      number('retry_after_seconds'),
    );
  } catch {
    return notAnAnswer(response);
  }
}
