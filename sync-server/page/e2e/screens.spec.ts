import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { OfficePage, WALKED, expect, test, type Language, type Theme } from './office';

const SHOTS = process.env['WALKBY_SCREENSHOTS'] ?? fileURLToPath(new URL('../../../target/screenshots/office', import.meta.url));
mkdirSync(SHOTS, { recursive: true });

const TOUR_CSV = [
  'street;house;flat;place;meter_no;radio_id;manufacturer;medium;key;prev_value;extra_zone',
  'Lindenstraße;2;0.1;kitchen;81000001;81000001;SEN;cold water;000102030405060708090A0B0C0D0E0F;12,5;7',
  'Lindenstraße;2;0.1;bathroom;81000002;;SEN;hot water;;;7',
  'Lindenstraße;2;0.2;kitchen;81000003;8100003;SEN;cold water;;;7',
  'Lindenstraße;2;0.2;bathroom;81000001;81000001;SEN;cold water;;;7',
  'Lindenstraße;2;0.3;cellar;81000005;81000005;SEN;cold water;;x;7',
].join('\n');

const OLD_ENCODING = Buffer.from('meter_no;street\n1;Lindenstraße\n', 'latin1');
const KEYS_CSV = ['id;key', '76341238;000102030405060708090A0B0C0D0E0F', '76341238;12', '99999999;000102030405060708090A0B0C0D0E0F'].join('\n');

async function choose(page: Page, name: string, content: string | Buffer): Promise<void> {
  await page.setInputFiles('input[type=file]', { name, mimeType: 'text/csv', buffer: Buffer.from(content) });
}

/** Takes a picture of the whole screen, in a window that is as high as it; of long lists the beginning. */
async function shoot(page: Page, name: string): Promise<void> {
  const window = page.viewportSize();
  if (window === null) return;
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ ...window, height: Math.max(window.height, Math.min(height, 2600)) });
  await page.screenshot({ path: `${SHOTS}/${name}.png` });
  await page.setViewportSize(window);
}

/** Every screen in a condition that is worth looking at. */
const SCREENS: Record<string, (office: OfficePage) => Promise<void>> = {
  tours: (office) => office.go('#/tours'),
  tour: async (office) => office.go(await office.tourHash(WALKED)),
  'tour-nothing-fits': async (office) => {
    await office.go('#/tours');
    await office.go(await office.tourHash(WALKED));
    await office.page.locator('.filter input[type=search]').fill('¿');
    await expect(office.page.locator('#content tbody')).toHaveCount(0);
  },
  'tour-prepared': async (office) => office.go(await office.tourHash('Hafenviertel, Block C')),
  'tour-assign': async (office) => {
    await office.go(await office.tourHash('Hafenviertel, Block C'));
    await office.page.locator('#content header .actions button').click();
    await expect(office.page.getByRole('dialog')).toBeVisible();
  },
  'line-read': async (office) => {
    const alarmed = await office.page.evaluate(() => {
      const tour = window.walkby.world.tours[1];
      return `#/tours/${tour?.id}/lines/${tour?.lines.find((line) => line.alarms.length > 0)?.id}`;
    });
    await office.go(alarmed);
    await office.page.locator('summary').click();
  },
  'line-manual': async (office) => office.go(await office.lineHash('manual')),
  'line-skipped': async (office) => office.go(await office.lineHash('skipped')),
  'line-implausible': async (office) => office.go(await office.lineHash('implausible')),
  'line-missing': async (office) => office.go(await office.lineHash('open')),
  'line-no-key': async (office) => office.go(await office.lineHash('heard_no_key')),
  telegram: async (office) => office.go(await office.telegramHash('read')),
  'telegram-decrypted': async (office) => office.go(await office.gasTelegramHash()),
  'telegram-sealed': async (office) => office.go(await office.telegramHash('heard_wrong_key')),
  'new-tour': async (office) => {
    await office.go('#/tours/new');
    await choose(office.page, 'Lindenstraße 2.csv', TOUR_CSV);
    await expect(office.page.locator('#content table tbody tr')).toHaveCount(5);
  },
  'new-tour-refused': async (office) => {
    await office.go('#/tours');
    await office.go('#/tours/new');
    await choose(office.page, 'Lindenstraße 2 (alt).csv', OLD_ENCODING);
    await expect(office.page.locator('#content .notice')).toBeVisible();
  },
  handhelds: (office) => office.go('#/handhelds'),
  'handheld-revoke': async (office) => {
    await office.go('#/handhelds');
    await office.page.locator('#content li .act button').first().click();
    await expect(office.page.getByRole('dialog')).toBeVisible();
  },
  pair: async (office) => {
    await office.go('#/handhelds/pair');
    await office.page.locator('.pairing button').click();
    await expect(office.page.locator('.pairing svg[role=img]')).toBeVisible();
  },
  keys: (office) => office.go('#/keys'),
  'import-keys': async (office) => {
    await office.go('#/keys/import');
    await choose(office.page, 'keys.csv', KEYS_CSV);
    await expect(office.page.locator('#content table tbody tr')).toHaveCount(3);
  },
  audit: (office) => office.go('#/audit'),
  'not-found': (office) => office.go('#/nowhere'),
  start: (office) => office.go('#/start'),
  'not-live': async (office) => {
    await office.server((server) => server.setLive('lost'), null);
    await office.go('#/tours');
  },
  settings: async (office) => {
    await office.server((server) => server.setLive('live'), null);
    await office.page.locator('.tools button').first().click();
    await expect(office.page.getByRole('dialog')).toBeVisible();
  },
};

/** What a server shows on which nothing has happened yet, and its first visit step by step. */
const FIRST_VISIT: Record<string, (office: OfficePage) => Promise<void>> = {
  'first-visit': (office) => office.go('#/start'),
  'tours-empty': (office) => office.go('#/tours'),
  'handhelds-empty': (office) => office.go('#/handhelds'),
  'keys-empty': (office) => office.go('#/keys'),
  'first-visit-keys': async (office) => {
    await office.go('#/start');
    await choose(office.page, 'Lindenstraße 2.csv', TOUR_CSV);
    await office.page.locator('.proceed button[type=submit]').click();
    await expect(office.page.locator('[aria-current=step] .skip')).toBeVisible();
  },
  'first-visit-pair': async (office) => {
    await office.page.locator('.skip button').click();
    await office.page.locator('.pairing button').click();
    await expect(office.page.locator('.pairing svg[role=img]')).toBeVisible();
  },
  'first-visit-assign': async (office) => {
    await office.server((server) => server.pair('Mira'), null);
    await expect(office.page.locator('[aria-current=step] select')).toBeVisible();
  },
  'first-visit-ready': async (office) => {
    await office.page.locator('[aria-current=step] button[type=submit]').click();
    await expect(office.page.locator('.notice.good')).toBeVisible();
  },
};

/** All four languages, light and dark and high contrast; every theme is checked with axe, every language for its width. */
const LOOKS: { language: Language; theme: Theme; axe: boolean }[] = [
  { language: 'en', theme: 'light', axe: true },
  { language: 'de', theme: 'dark', axe: true },
  { language: 'en', theme: 'dark', axe: false },
  { language: 'de', theme: 'light', axe: false },
  { language: 'ru', theme: 'light', axe: false },
  { language: 'ru', theme: 'contrast', axe: true },
  { language: 'zh', theme: 'dark', axe: false },
];

for (const { language, theme, axe } of LOOKS) {
  test(`every screen is whole and accessible in ${language}, ${theme}`, async ({ office, page }, { project }) => {
    test.setTimeout(600_000);
    const look = (name: string): Promise<void> =>
      test.step(name, async () => {
        await office.settled();
        await office.fits();
        await office.controlsOf48Pixels();
        if (axe) await office.accessible();
        await shoot(page, `${name}-${project.name}-${language}-${theme}`);
      });
    await office.open({ language, theme });
    await look('signin');
    await page.locator('input[name=password]').fill('wrong');
    await page.locator('form button[type=submit]').click();
    await expect(page.locator('form [role=alert]')).not.toBeEmpty();
    await look('signin-wrong');
    await office.signIn();
    for (const [name, show] of Object.entries(SCREENS)) {
      await office.closeDialog();
      await show(office);
      await look(name);
    }

    await office.open({ world: 'empty', language, theme });
    await office.signIn();
    for (const [name, show] of Object.entries(FIRST_VISIT)) {
      await show(office);
      await look(name);
    }
  });
}
