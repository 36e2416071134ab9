import { defineConfig } from '@playwright/test';
import { chromium } from '@walkby/ui/testing';

/** The page as the real server serves it, from its own database in a folder of its own. */
export default defineConfig({
  testDir: '.',
  outputDir: '../../../target/playwright-office-real',
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  // Generous, since a machine that also compiles is slow; nothing waits for as long as this when all is well.
  timeout: 120_000,
  expect: { timeout: 8_000 },
  reporter: [['list']],
  use: {
    actionTimeout: 15_000,
    launchOptions: chromium,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
    viewport: { width: 1280, height: 900 },
    acceptDownloads: true,
  },
});
