import { defineConfig } from '@playwright/test';
import { chromium } from '@walkby/ui/testing';

const PORT = 4617;

/** The built page with the server in memory, under the server's own security headers. */
export default defineConfig({
  testDir: 'e2e',
  outputDir: '../../target/playwright-office',
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  // Generous, since a machine that also compiles is slow; nothing waits for as long as this when all is well.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    baseURL: `http://127.0.0.1:${PORT}`,
    launchOptions: chromium,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  },
  projects: [
    { name: 'desktop', use: { viewport: { width: 1280, height: 900 } } },
    { name: 'phone', use: { viewport: { width: 412, height: 892 }, hasTouch: true, isMobile: true } },
  ],
  webServer: {
    command: `node ../../node_modules/vite/bin/vite.js preview --mode memory --outDir ../../target/office-memory --host 127.0.0.1 --port ${PORT} --strictPort`,
    url: `http://127.0.0.1:${PORT}/memory.html`,
    reuseExistingServer: false,
  },
});
