import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, test, type App } from './app';

const TARGET = process.env['WALKBY_SCREENSHOTS'] ?? fileURLToPath(new URL('../../../target/screenshots/app', import.meta.url));
mkdirSync(TARGET, { recursive: true });

interface Scene {
  readonly name: string;
  readonly query: string;
  readonly address?: string;
  /** What is pressed before the picture is taken. Works in every language: no words. */
  readonly before?: (page: Page) => Promise<void>;
}

const press = (page: Page, selector: string): Promise<void> => page.locator(selector).first().click();

async function typeValue(page: Page, value: string): Promise<void> {
  await press(page, '.actions button.primary');
  await page.locator('dialog[open] input[inputmode="decimal"]').fill(value);
}

const LINDEN = '#/tours/tour-linden';

const SCENES: readonly Scene[] = [
  { name: 'pair', query: '' },
  {
    name: 'pair-failed',
    query: 'pair=untrusted_certificate',
    before: async (page) => {
      const fields = page.locator('form input');
      await fields.nth(0).fill('office.example');
      await fields.nth(1).fill('7K3M-Q9TF-02XN-HD5C');
      await fields.nth(2).fill('Handheld 3');
      await press(page, 'button.primary');
      await expect(page.locator('[data-problem]')).toBeVisible();
    },
  },
  { name: 'unlock', query: 'open=passphrase_needed' },
  { name: 'unlock-choose', query: 'open=no_keyring' },
  { name: 'failed', query: 'open=newer_store' },
  { name: 'tours', query: 'paired&large&walk=0.6', address: '#/tours', before: (page) => press(page, '.actions button') },
  { name: 'tours-empty', query: 'paired&unassigned' },
  { name: 'walk', query: 'paired&walk=0.55&commit=600000', before: (page) => press(page, '.actions button.primary') },
  { name: 'walk-complete', query: 'paired&walk=1' },
  {
    name: 'walk-done-part',
    query: 'paired&walk=1',
    before: (page) => page.locator('.viewport').evaluate((viewport) => void (viewport.scrollTop = 700)),
  },
  {
    name: 'walk-nothing-heard',
    query: 'paired&receiver=nothing_heard',
    address: LINDEN,
    before: async (page) => {
      await press(page, '.actions button.primary');
      await press(page, '[data-source="receiver"]');
      await expect(page.locator('[data-receiver="nothing_heard"]')).toBeVisible();
    },
  },
  {
    name: 'walk-overloaded',
    query: 'paired&receiver=overloaded',
    address: LINDEN,
    before: async (page) => {
      await press(page, '.actions button.primary');
      await press(page, '[data-source="receiver"]');
      await expect(page.locator('[data-receiver="overloaded"]')).toBeVisible();
    },
  },
  {
    name: 'walk-nothing-fits',
    query: 'paired&walk=0.5',
    before: async (page) => {
      await press(page, '.actions button:last-child');
      await page.locator('dialog[open] input[type="search"]').fill('¿');
      await press(page, 'dialog[open] footer button.primary');
    },
  },
  { name: 'walk-source', query: 'paired', address: LINDEN, before: (page) => press(page, '.actions button.primary') },
  { name: 'walk-filter', query: 'paired&walk=1', before: (page) => press(page, '.actions button:last-child') },
  {
    name: 'walk-disk-full',
    query: 'paired&walk=0.5&failwalk=disk_full&commit=10',
    before: async (page) => {
      await press(page, '.actions button.primary');
      await expect(page.locator('[data-problem]')).toBeVisible();
    },
  },
  { name: 'meter', query: 'paired&walk=1', address: `${LINDEN}/line-3` },
  {
    name: 'meter-below',
    query: 'paired&walk=1',
    address: `${LINDEN}/line-3`,
    before: (page) => page.locator('.scrolling').evaluate((content) => void (content.scrollTop = content.scrollHeight)),
  },
  { name: 'meter-no-key', query: 'paired&walk=1', address: `${LINDEN}/line-8` },
  { name: 'meter-missing', query: 'paired&walk=1', address: `${LINDEN}/line-21` },
  {
    name: 'meter-implausible',
    query: 'paired&walk=1',
    address: `${LINDEN}/line-21`,
    before: async (page) => {
      await typeValue(page, '12,5');
      await press(page, 'dialog[open] footer button');
      await expect(page.locator('[data-verdict]')).toBeVisible();
    },
  },
  { name: 'meter-enter', query: 'paired&walk=1', address: `${LINDEN}/line-21`, before: (page) => typeValue(page, '66,2') },
  { name: 'meter-more', query: 'paired&walk=1', address: `${LINDEN}/line-21`, before: (page) => press(page, '.actions button:last-child') },
  {
    name: 'meter-skip',
    query: 'paired&walk=1',
    address: `${LINDEN}/line-21`,
    before: async (page) => {
      await press(page, '.actions button:last-child');
      await press(page, 'dialog[open] .parts button');
    },
  },
  {
    name: 'meter-note',
    query: 'paired&walk=1',
    address: `${LINDEN}/line-21`,
    before: async (page) => {
      await press(page, '.actions button:last-child');
      await page.locator('dialog[open] .parts button').nth(1).click();
    },
  },
  {
    name: 'meter-telegram',
    query: 'paired&walk=1',
    address: `${LINDEN}/line-13`,
    before: (page) => press(page, 'main section:last-child button'),
  },
  { name: 'sync', query: 'paired&walk=0.7', address: '#/sync' },
  {
    name: 'sync-failed',
    query: 'paired&walk=0.7&exchange=unreachable&answer=10',
    address: '#/sync',
    before: async (page) => {
      await press(page, '.actions button.primary');
      await expect(page.locator('[data-problem]')).toBeVisible();
    },
  },
  {
    name: 'sync-revoked',
    query: 'paired&walk=0.7&exchange=revoked&answer=10',
    address: '#/sync',
    before: async (page) => {
      await press(page, '.actions button.primary');
      await expect(page.locator('[data-problem]')).toBeVisible();
    },
  },
  {
    name: 'sync-receipt',
    query: 'paired&walk=0.7&answer=10',
    address: '#/sync',
    before: async (page) => {
      await press(page, '.actions button.primary');
      await expect(page.locator('[data-stage="waiting"].empty')).toBeVisible();
    },
  },
  { name: 'settings', query: 'paired', address: '#/settings' },
];

/** The screens of a working day; the others differ from them in a sheet or a notice only. */
const MAIN = ['pair', 'pair-failed', 'tours', 'walk', 'walk-filter', 'walk-disk-full', 'meter', 'meter-implausible', 'meter-skip', 'sync-failed', 'settings'];

/** Every screen in two languages, light and dark: the shortest words and the longest. The main ones in all four. */
const LOOKS = [
  { language: 'en', theme: 'light', scenes: SCENES },
  { language: 'ru', theme: 'dark', scenes: SCENES },
  { language: 'en', theme: 'dark', scenes: SCENES.filter(({ name }) => MAIN.includes(name)) },
  { language: 'ru', theme: 'light', scenes: SCENES.filter(({ name }) => MAIN.includes(name)) },
  { language: 'de', theme: 'light', scenes: SCENES.filter(({ name }) => MAIN.includes(name)) },
  { language: 'zh', theme: 'dark', scenes: SCENES.filter(({ name }) => MAIN.includes(name)) },
] as const;

async function take(app: App, scene: Scene, name: string): Promise<void> {
  await app.open(scene.query, scene.address ?? '');
  await scene.before?.(app.page);
  await app.page.evaluate(() => document.fonts.ready);
  await app.page.screenshot({ path: `${TARGET}/${name}.png`, animations: 'disabled' });
  await app.expectAccessible();
  await app.expectControlsOf48Pixels();
  await app.expectNothingCutOff();
}

for (const { language, theme, scenes } of LOOKS) {
  test.describe(`${language}, ${theme}`, () => {
    test.use({ locale: language, colorScheme: theme });
    for (const scene of scenes) {
      test(`the screen ${scene.name} can be read and pressed by everybody`, async ({ app }) => {
        await take(app, scene, `${scene.name}-${language}-${theme}`);
      });
    }
  });
}

for (const { name, options } of [
  { name: 'contrast', options: { contrast: 'more', locale: 'en' } },
  { name: 'small', options: { viewport: { width: 320, height: 480 }, locale: 'de' } },
] as const) {
  test.describe(name, () => {
    test.use(options);
    for (const scene of SCENES.filter((candidate) => MAIN.includes(candidate.name))) {
      test(`the screen ${scene.name} can be read and pressed by everybody`, async ({ app }) => {
        await take(app, scene, `${scene.name}-${options.locale}-${name}`);
      });
    }
  });
}
