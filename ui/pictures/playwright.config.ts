import { defineConfig } from '@playwright/test';
import { chromium } from '../src/testing/chromium';

const APP = 4631;
const OFFICE = 4632;
const vite = (options: string): string => `node ../../node_modules/vite/bin/vite.js ${options} --host 127.0.0.1 --strictPort`;

/** Takes the pictures of the README from both faces, on their backends in memory. */
export default defineConfig({
  testDir: '.',
  testMatch: 'pictures.ts',
  outputDir: '../../target/playwright/pictures',
  workers: 1,
  reporter: [['list']],
  timeout: 120_000,
  use: {
    launchOptions: chromium,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
    deviceScaleFactor: 2,
  },
  metadata: { app: `http://127.0.0.1:${APP}`, office: `http://127.0.0.1:${OFFICE}` },
  webServer: [
    { command: `npm run build && ${vite(`preview --port ${APP}`)}`, cwd: '../../mobile/ui', url: `http://127.0.0.1:${APP}/` },
    {
      command: `npm run build:memory && ${vite(`preview --mode memory --outDir ../../target/office-memory --port ${OFFICE}`)}`,
      cwd: '../../sync-server/page',
      url: `http://127.0.0.1:${OFFICE}/memory.html`,
    },
  ].map((server) => ({ ...server, reuseExistingServer: false, timeout: 300_000 })),
});
