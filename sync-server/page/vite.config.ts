import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { SECURITY_HEADERS } from './security-headers.ts';

/**
 * Two pages from the same source: `dist` speaks to a server and is embedded into it; with
 * `--mode memory` a page with a server in memory is built for tests and for looking, elsewhere.
 * Both are served with the headers that the server sends, so that tests see what they forbid.
 */
export default defineConfig(({ mode }) => {
  const memory = mode === 'memory';
  const page = memory ? 'memory.html' : 'index.html';
  return {
    plugins: [svelte()],
    publicDir: false as const,
    build: {
      outDir: memory ? fileURLToPath(new URL('../../target/office-memory', import.meta.url)) : 'dist',
      emptyOutDir: true,
      // The policy allows no `data:` but for pictures.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rollupOptions: { input: fileURLToPath(new URL(page, import.meta.url)) },
    },
    preview: { headers: SECURITY_HEADERS },
    test: { include: ['src/**/*.test.ts', 'tests/**/*.test.ts'], environment: 'node' },
  };
});
