import { defineConfig } from '@playwright/test';
import shared from '../playwright.config';

/** The same browser, window and built app as the tests; one measurement at a time, and no reporter between the figures. */
export default defineConfig({
  ...shared,
  testDir: '.',
  testMatch: '*.bench.ts',
  outputDir: '../../../target/playwright/field-app-bench',
  workers: 1,
  reporter: [['dot']],
  use: { ...shared.use, trace: 'off' },
  webServer: { command: 'npm run build && npm run preview', cwd: '..', url: 'http://127.0.0.1:5274', reuseExistingServer: false, timeout: 300_000 },
});
