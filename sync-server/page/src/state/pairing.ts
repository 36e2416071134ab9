import type { PairingCode } from '../backend/model';

/** Writes what the handheld reads from the QR code: where the server is, the code, and whom to trust. */
export function pairingUri(server: string, { code, certificate_sha256 }: PairingCode): string {
  const certificate = certificate_sha256 === null ? '' : `&cert=${certificate_sha256}`;
  return `walkby:pair?server=${encodeURIComponent(server)}&code=${encodeURIComponent(code)}${certificate}`;
}
