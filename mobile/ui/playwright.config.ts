import { chromium } from '@walkby/ui/testing';
import { defineConfig } from '@playwright/test';

/** The phone that the app is drawn for. */
const PHONE = { width: 412, height: 892 };

export default defineConfig({
  testDir: 'e2e',
  outputDir: '../../target/playwright/field-app',
  fullyParallel: true,
  forbidOnly: process.env['CI'] === 'true',
  workers: 2,
  reporter: [['list']],
  // Generous, since nothing waits for it: a test that passes does not use it, and a busy machine is no fault.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  use: {
    baseURL: 'http://127.0.0.1:5274',
    viewport: PHONE,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    launchOptions: chromium,
    trace: 'retain-on-failure',
  },
  webServer: {
    command: 'npm run build && npm run preview',
    url: 'http://127.0.0.1:5274',
    reuseExistingServer: false,
    timeout: 300_000,
  },
});
