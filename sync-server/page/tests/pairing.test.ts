import { expect, test } from 'vitest';
import { pairingUri } from '../src/state/pairing';

const code = { code: '7K3M-Q9TF-02XN-HD5C', expires_at: '2026-11-21T10:00:00Z', certificate_sha256: null };

test('the QR code names the server and the code', () => {
  expect(pairingUri('https://office.example:8443', code)).toBe('walkby:pair?server=https%3A%2F%2Foffice.example%3A8443&code=7K3M-Q9TF-02XN-HD5C');
});

test('the QR code names the certificate where the server has one', () => {
  expect(pairingUri('https://h', { ...code, certificate_sha256: 'ab12' })).toBe('walkby:pair?server=https%3A%2F%2Fh&code=7K3M-Q9TF-02XN-HD5C&cert=ab12');
});
