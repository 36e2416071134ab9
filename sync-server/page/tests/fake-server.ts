import type { OfficeBackend } from '../src/backend/backend';
import type { MeterQuery } from '../src/backend/model';
import { Problem } from '../src/backend/problem';

const STATUS: Readonly<Record<string, number>> = {
  unauthorized: 401, wrong_password: 401, forbidden: 403, not_found: 404, conflict: 409, unprocessable: 422, too_many_attempts: 429,
};

type Handler = (backend: OfficeBackend, parts: string[], query: Record<string, string>, request: Request) => Promise<unknown>;

const blob = (request: Request): Promise<Blob> => request.blob();
const password = (request: Request): string | undefined => {
  const header = request.headers.get('walkby-file-password');
  if (header === null) return undefined;
  return new TextDecoder().decode(Uint8Array.from(atob(header), (letter) => letter.charCodeAt(0)));
};
const json = async (request: Request, member: string): Promise<string> => String(((await request.json()) as Record<string, unknown>)[member]);

/** The endpoints as docs and server have them: method, path, and what stands behind. */
const ROUTES: [string, RegExp, Handler][] = [
  ['GET', /^\/login$/, async (backend) => {
    const session = await backend.session();
    if (session === null) throw new Problem('unauthorized', 'a valid token is needed');
    return session;
  }],
  ['POST', /^\/login$/, async (backend, _, __, request) => backend.signIn(await json(request, 'password'))],
  ['POST', /^\/logout$/, (backend) => backend.signOut()],
  ['GET', /^\/tours$/, async (backend) => ({ tours: await backend.tours() })],
  ['POST', /^\/tours\/preview$/, async (backend, _, __, request) => backend.previewTour(await blob(request))],
  ['POST', /^\/tours$/, async (backend, _, query, request) => backend.createTour(query['name'] ?? '', await blob(request))],
  ['GET', /^\/tours\/([^/]+)$/, (backend, [tour = '']) => backend.tour(tour)],
  ['PUT', /^\/tours\/([^/]+)\/assignment$/, async (backend, [tour = ''], __, request) => backend.assignTour(tour, await json(request, 'replica'))],
  ['DELETE', /^\/tours\/([^/]+)\/assignment\/([^/]+)$/, (backend, [tour = '', replica = '']) => backend.withdrawTour(tour, replica)],
  ['POST', /^\/tours\/([^/]+)\/release$/, (backend, [tour = '']) => backend.releaseTour(tour)],
  ['GET', /^\/tours\/([^/]+)\/lines$/, (backend, [tour = ''], query) =>
    backend.tourMeters(tour, { ...query, limit: Number(query['limit']) } as unknown as MeterQuery)],
  ['GET', /^\/tours\/([^/]+)\/lines\/([^/]+)$/, (backend, [tour = '', line = '']) => backend.tourMeter(tour, line)],
  ['GET', /^\/tours\/([^/]+)\/lines\/([^/]+)\/history$/, async (backend, [tour = '', line = '']) => ({ series: await backend.history(tour, line) })],
  ['GET', /^\/telegrams\/([^/]+)\/explanation$/, (backend, [id = '']) => backend.telegram(id)],
  ['GET', /^\/keys$/, (backend, _, query) => backend.keys({ ...query, limit: Number(query['limit']) } as never)],
  ['POST', /^\/keys\/preview$/, async (backend, _, __, request) => backend.previewKeys(await blob(request), password(request))],
  ['POST', /^\/keys$/, async (backend, _, __, request) => backend.importKeys(await blob(request), password(request))],
  ['GET', /^\/handhelds$/, async (backend) => ({ handhelds: await backend.handhelds() })],
  ['POST', /^\/pairing-codes$/, (backend) => backend.makePairingCode()],
  ['DELETE', /^\/handhelds\/([^/]+)$/, (backend, [replica = '']) => backend.revokeHandheld(replica)],
  ['GET', /^\/audit$/, async (backend, _, query) => ({
    entries: await backend.audit(Number(query['limit']), query['cursor'] === undefined ? undefined : Number(query['cursor'])),
  })],
];

/** A `fetch` that is answered by another backend, over the server's paths and with its demands. */
export function fakeServer(backend: OfficeBackend, seen: Request[] = []): typeof fetch {
  return async (input, init) => {
    const url = new URL(String(input), 'https://office.example');
    const request = new Request(url, init);
    seen.push(request.clone());
    const path = url.pathname.replace(/^\/api\/v1/, '');
    if (request.method !== 'GET' && request.headers.get('x-walkby-request') !== '1') return problem(new Problem('forbidden', 'no header'));
    for (const [method, pattern, answer] of ROUTES) {
      const match = pattern.exec(path);
      if (match === null || method !== request.method) continue;
      try {
        const body = await answer(backend, match.slice(1), Object.fromEntries(url.searchParams), request);
        return body === undefined ? new Response(null, { status: 204 }) : Response.json(body);
      } catch (thrown) {
        return problem(thrown as Problem);
      }
    }
    return problem(new Problem('not_found', `${request.method} ${path}`));
  };
}

function problem({ code, detail, attemptsLeft, retryAfterSeconds }: Problem): Response {
  const status = STATUS[code] ?? 500;
  const body = { code, title: code, status, detail, ...(attemptsLeft !== null && { attempts_left: attemptsLeft }), ...(retryAfterSeconds !== null && { retry_after_seconds: retryAfterSeconds }) };
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/problem+json' } });
}
