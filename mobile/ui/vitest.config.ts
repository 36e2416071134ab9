import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  // Generous: a busy machine is no fault.
  test: { include: ['src/**/*.test.ts'], environment: 'node', testTimeout: 60_000 },
});
