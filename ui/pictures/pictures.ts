import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test, type Browser, type Page } from '@playwright/test';

const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const PHONE = { width: 412, height: 892 };
const NOW = '2026-11-21T09:12:00+01:00';
/** The README shows them small; a picture of more than this is too much to ask of who reads it. */
const LIMIT = 80_000;

type Theme = 'light' | 'dark';

/** Sets screenshots side by side with round corners, and encodes them; by the browser, which has a codec. */
async function compose(browser: Browser, name: string, shots: readonly Buffer[], width: number): Promise<void> {
  const page = await browser.newPage();
  const encoded = await page.evaluate(
    async ([pictures, whole]) => {
      const images = await Promise.all(
        pictures.map(async (data) => createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob())),
      );
      const gap = 48;
      const sum = images.reduce((all, image) => all + image.width, gap * (images.length - 1));
      const scale = whole / sum;
      const height = Math.max(...images.map((image) => image.height));
      const canvas = new OffscreenCanvas(whole, Math.round(height * scale));
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('no canvas');
      context.scale(scale, scale);
      context.imageSmoothingQuality = 'high';
      let left = 0;
      for (const image of images) {
        context.save();
        context.beginPath();
        context.roundRect(left + 1, 1, image.width - 2, image.height - 2, 36);
        context.clip();
        context.drawImage(image, left, 0);
        context.restore();
        context.beginPath();
        context.roundRect(left + 1, 1, image.width - 2, image.height - 2, 36);
        context.lineWidth = 2;
        context.strokeStyle = 'rgb(128 128 128 / 45%)';
        context.stroke();
        left += image.width + gap;
      }
      const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/webp', quality: 0.82 })).arrayBuffer());
      return Array.from(bytes);
    },
    [shots.map((shot) => shot.toString('base64')), width] as const,
  );
  await page.close();
  if (encoded.length > LIMIT) throw new Error(`${name} has ${encoded.length} bytes`);
  writeFileSync(`${IMAGES}${name}.webp`, Buffer.from(encoded));
  console.log(`docs/images/${name}.webp: ${(encoded.length / 1000).toFixed(0)} kB`);
}

async function shot(page: Page): Promise<Buffer> {
  await page.evaluate(() => document.fonts.ready);
  return page.screenshot({ animations: 'disabled' });
}

async function app(browser: Browser, origin: string, address: string, theme: Theme, before?: (page: Page) => Promise<void>): Promise<Buffer> {
  const page = await browser.newPage({ viewport: PHONE, deviceScaleFactor: 2, locale: 'en-GB', timezoneId: 'Europe/Berlin', colorScheme: theme });
  await page.clock.setFixedTime(NOW);
  await page.goto(origin + address);
  await page.locator('h1').first().waitFor();
  await before?.(page);
  const taken = await shot(page);
  await page.close();
  return taken;
}

async function office(browser: Browser, origin: string, height: number, theme: Theme, show: (page: Page) => Promise<void>): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: 1280, height }, deviceScaleFactor: 2, locale: 'en-GB', timezoneId: 'Europe/Berlin', reducedMotion: 'reduce' });
  await page.clock.install({ time: new Date(NOW) });
  await page.addInitScript((chosen) => {
    localStorage.setItem('walkby.language', 'en');
    localStorage.setItem('walkby.theme', chosen);
  }, theme);
  await page.goto(`${origin}/memory.html`);
  await page.getByLabel('Password').fill('lindenblatt-27');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('#content h1').waitFor();
  await show(page);
  const taken = await shot(page);
  await page.close();
  return taken;
}

const addresses = test.extend<{ origins: { app: string; office: string } }>({
  origins: async ({}, use, { config }) => use(config.metadata as { app: string; office: string }),
});

addresses('the app: a walk, a meter', async ({ browser, origins }) => {
  const walk = await app(browser, origins.app, '/?paired&walk=0.55&commit=600000', 'light', (page) => page.locator('.actions button.primary').click());
  const meter = await app(browser, origins.app, '/?paired&walk=1#/tours/tour-linden/line-3', 'light');
  const implausible = await app(browser, origins.app, '/?paired&walk=1#/tours/tour-linden/line-21', 'dark', async (page) => {
    await page.locator('.actions button.primary').click();
    await page.locator('dialog[open] input[inputmode="decimal"]').fill('12,5');
    await page.locator('dialog[open] footer button').click();
    await page.locator('[data-verdict]').waitFor();
  });
  await compose(browser, 'app', [walk, meter, implausible], 1200);
});

addresses('the office: a tour', async ({ browser, origins }) => {
  const tour = await office(browser, origins.office, 1120, 'light', async (page) => {
    await page.getByRole('link', { name: 'Lindenstraße 2–8' }).click();
    await page.locator('tbody tr').first().waitFor();
  });
  await compose(browser, 'office-tour', [tour], 1280);
});

addresses('the office: a telegram, explained', async ({ browser, origins }) => {
  const telegram = await office(browser, origins.office, 1120, 'dark', async (page) => {
    await page.getByRole('link', { name: 'Gartenstadt Nord' }).click();
    await page.locator('tbody tr').filter({ hasText: 'Gas' }).getByRole('link').click();
    await page.getByRole('region', { name: 'Readings' }).getByRole('link').first().click();
    await page.locator('.telegram section').first().waitFor();
  });
  await compose(browser, 'office-telegram', [telegram], 1280);
});
