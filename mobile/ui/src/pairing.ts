import type { PairRequest } from './backend/model';

/** What the QR code of the office page says: `walkby:pair?server=…&code=…[&cert=…]`. */
export function readPairingLink(text: string): Omit<PairRequest, 'handheld_name'> | undefined {
  const match = /^\s*walkby:pair\?(.+?)\s*$/.exec(text);
  if (match === null) return undefined;
  const told = new URLSearchParams(match[1]);
  const server = told.get('server');
  const code = told.get('code');
  if (server === null || code === null) return undefined;
  return { server, code, certificate_sha256: told.get('cert') };
}
