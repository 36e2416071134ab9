import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { contentSecurityPolicy } from './csp.ts';

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    // The policy lets no data: address be a font or a script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { port: 5273, strictPort: true },
  preview: { port: 5274, strictPort: true, headers: { 'Content-Security-Policy': contentSecurityPolicy() } },
});
