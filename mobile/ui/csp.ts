import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The content security policy under which Tauri shows the app; the browser's tests run under the same. */
export function contentSecurityPolicy(): string {
  const path = fileURLToPath(new URL('../../tauri.conf.json', import.meta.url));
  const configuration = JSON.parse(readFileSync(path, 'utf8')) as { app: { security: { csp: string } } };
  return configuration.app.security.csp;
}
