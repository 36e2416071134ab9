import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { OfficePage, WALKED, expect, test, type Language, type Theme } from './office';

const SHOTS = fileURLToPath(new URL('../../../target/screenshots/office/', import.meta.url));
mkdirSync(SHOTS, { recursive: true });

const TOUR_CSV = [
  'street;house;flat;place;meter_no;radio_id;manufacturer;medium;key;prev_value;extra_zone',
  'Lindenstraße;2;0.1;kitchen;81000001;81000001;SEN;cold water;000102030405060708090A0B0C0D0E0F;12,5;7',
  'Lindenstraße;2;0.1;bathroom;81000002;;SEN;hot water;;;7',
  'Lindenstraße;2;0.2;kitchen;81000003;8100003;SEN;cold water;;;7',
  'Lindenstraße;2;0.2;bathroom;81000001;81000001;SEN;cold water;;;7',
  'Lindenstraße;2;0.3;cellar;81000005;81000005;SEN;cold water;;x;7',
].join('\n');

/** Takes a picture of the whole screen, in a window that is as high as it; of long lists the beginning. */
async function shoot(page: Page, name: string): Promise<void> {
  const window = page.viewportSize();
  if (window === null) return;
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ ...window, height: Math.max(window.height, Math.min(height, 2600)) });
  await page.screenshot({ path: `${SHOTS}${name}.png` });
  await page.setViewportSize(window);
}

/** Every screen in a condition that is worth looking at. */
const SCREENS: Record<string, (office: OfficePage) => Promise<void>> = {
  tours: (office) => office.go('#/tours'),
  tour: async (office) => office.go(await office.tourHash(WALKED)),
  'tour-prepared': async (office) => office.go(await office.tourHash('Hafenviertel, Block C')),
  'line-read': async (office) => {
    const alarmed = await office.page.evaluate(() => {
      const tour = window.walkby.world.tours[1];
      return `#/tours/${tour?.id}/lines/${tour?.lines.find((line) => line.alarms.length > 0)?.id}`;
    });
    await office.go(alarmed);
  },
  'line-manual': async (office) => office.go(await office.lineHash('manual')),
  'line-no-key': async (office) => office.go(await office.lineHash('heard_no_key')),
  telegram: async (office) => office.go(await office.telegramHash('read')),
  'telegram-decrypted': async (office) => office.go(await office.gasTelegramHash()),
  'telegram-sealed': async (office) => office.go(await office.telegramHash('heard_wrong_key')),
  'new-tour': async (office) => {
    await office.go('#/tours/new');
    await office.page.setInputFiles('input[type=file]', { name: 'Lindenstraße 2.csv', mimeType: 'text/csv', buffer: Buffer.from(TOUR_CSV) });
    await expect(office.page.locator('#content table tbody tr')).toHaveCount(5);
  },
  handhelds: (office) => office.go('#/handhelds'),
  pair: async (office) => {
    await office.go('#/handhelds/pair');
    await office.page.locator('.pairing button').click();
    await expect(office.page.locator('.pairing svg[role=img]')).toBeVisible();
  },
  keys: (office) => office.go('#/keys'),
  'import-keys': (office) => office.go('#/keys/import'),
  audit: (office) => office.go('#/audit'),
  start: (office) => office.go('#/start'),
};

/** Two languages, light and dark, are kept as pictures; every theme is checked with axe, every language for its width. */
const LOOKS: { language: Language; theme: Theme; picture: boolean; axe: boolean }[] = [
  { language: 'en', theme: 'light', picture: true, axe: true },
  { language: 'de', theme: 'dark', picture: true, axe: true },
  { language: 'en', theme: 'dark', picture: true, axe: false },
  { language: 'de', theme: 'light', picture: true, axe: false },
  { language: 'ru', theme: 'contrast', picture: false, axe: true },
  { language: 'zh', theme: 'light', picture: false, axe: false },
];

for (const { language, theme, picture, axe } of LOOKS) {
  test(`every screen is whole and accessible in ${language}, ${theme}`, async ({ office, page }, { project }) => {
    test.setTimeout(600_000);
    const look = (name: string): Promise<void> =>
      test.step(name, async () => {
        await office.settled();
        await office.fits();
        if (axe) await office.accessible();
        if (picture) await shoot(page, `${name}-${project.name}-${language}-${theme}`);
      });
    await office.open({ language, theme });
    await look('signin');
    await office.signIn();
    for (const [name, show] of Object.entries(SCREENS)) {
      await show(office);
      await look(name);
    }
    await page.locator('.tools button').first().click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await look('settings');

    await office.open({ world: 'empty', language, theme });
    await office.signIn();
    await look('first-visit');
  });
}
