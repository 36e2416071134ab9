import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { csv, expect, test, whole } from './office';
import { Handheld, PASSWORD } from './programs';

const KEY = '0102030405060708090A0B0C0D0E0F11';
const OTHER_KEY = '00112233445566778899AABBCCDDEEFF';

/** OMS Vol. 2 Annex N, security profile A: a gas meter that says 28504.27 m³. */
const gas = (identification: string): string =>
  `2E449315${identification}33037A2A0020255923C95AAA26D1B2E7493B013EC4A6F6D3529B520EDFF0EA6DEFC99D6D69EBF3`;
/** The meter of the example; two of its neighbours, whose telegrams no key opens. */
const FRAMES = [gas('78563412'), gas('79563412'), gas('80563412'), gas('78563412')];

const TOUR = [
  'street;house;floor;flat;place;name;meter_no;radio_id;manufacturer;medium;key;prev_value;prev_date;low;high;unit;extra_zone',
  'Lindenstraße;4;0;0.1;kitchen;Ahrens;12345678;12345678;ELS;gas;;28000;2007-12-31;28000;29000;m³;7',
  'Lindenstraße;4;1;1.1;kitchen;Brandt;12345679;12345679;ELS;gas;;100;2025-12-31;;many;m³;7',
  `Lindenstraße;4;1;1.2;kitchen;Czerny;12345680;12345680;ELS;gas;${OTHER_KEY};100;2025-12-31;;;m³;7`,
  'Lindenstraße;6;0;0.1;cellar;Dahl;12345681;12345681;ELS;gas;;500,5;2025-12-31;500;700;m³;7',
  'Lindenstraße;6;1;1.1;cellar;Ebert;12345682;12345682;ELS;gas;;200;2025-12-31;200;400;m³;7',
  'Lindenstraße;6;1;1.2;cellar;Fuchs;12345683;1234XYZ;ELS;gas;;;;;;m³;7',
  'Lindenstraße;6;2;2.1;cellar;Gross;;;ELS;gas;;;;;;m³;7',
];

test.describe('logging in', () => {
  test.use({ expectedStatus: [401, 429] });

  test('ten wrong passwords are counted down, then it is locked for a while', async ({ page }) => {
    await expect(page.getByRole('heading', { name: 'Sign in to the office' })).toBeVisible();
    await whole(page);
    for (let left = 9; left >= 0; left -= 1) {
      await page.getByLabel('Password').fill(`wrong ${left}`);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByRole('alert').filter({ hasText: left === 1 ? 'One attempt left.' : `${left} attempts left.` })).toBeVisible();
    }
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByText('Too many attempts. Try again in 15 minutes.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeDisabled();
  });
});

test.describe('a day of the office', () => {
  // Who is not signed in asks once whether somebody is; a revoked handheld is told so elsewhere.
  test.use({ expectedStatus: [401] });

  test('from the first visit to the export', async ({ page, server }) => {
    test.setTimeout(300_000);
    const main = page.getByRole('navigation', { name: 'Main' });
    const handheld = new Handheld(join(server.folder, 'handheld'));
    const step = (name: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });
    const choose = (file: ReturnType<typeof csv>): Promise<void> => page.setInputFiles('input[type=file]', file);

    await test.step('log in', async () => {
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByRole('heading', { name: 'From nothing to the first tour' })).toBeVisible();
      await expect(page.getByText('Live', { exact: true })).toBeVisible();
      await whole(page);
    });

    await test.step('a tour in the wrong encoding, then one with bad rows', async () => {
      await choose(csv('old.csv', TOUR, 'latin1'));
      await expect(page.getByText('The file is not UTF-8.')).toBeVisible();
      await expect(page.getByText('this row is not UTF-8').first()).toBeVisible();
      await expect(page.getByRole('button', { name: 'Create tour' })).toHaveCount(0);
      await choose(csv('excel.csv', TOUR, 'utf16le'));
      await expect(page.getByText('The file is not UTF-8.')).toBeVisible();
      await choose(csv('no meters.csv', ['street;house', 'Lindenstraße;4']));
      await expect(page.getByText('A column that is needed is missing.')).toBeVisible();
      await choose(csv('Lindenstraße 4–6.csv', TOUR));
      await expect(page.getByText('2 are left out')).toBeVisible();
      await expect(page.getByText('the radio number needs 8 digits (column radio_id)')).toBeVisible();
      await expect(page.getByText(/no meter number/)).toBeVisible();
      await expect(page.getByText('this is no number (column high)')).toBeVisible();
      await expect(page.getByLabel('Name of the tour')).toHaveValue('Lindenstraße 4–6');
      await expect(page.getByText('Kept as they are: extra_zone')).toBeVisible();
      await whole(page);
      await page.getByRole('button', { name: 'Create tour without 2 rows' }).click();
      await expect(page.getByText('Lindenstraße 4–6: 5 meters')).toBeVisible();
    });

    await test.step('keys, bad ones too', async () => {
      await expect(step('Bring in the keys')).toHaveAttribute('aria-current', 'step');
      await choose(csv('keys.csv', ['id;key', `12345681;${OTHER_KEY}`, '12345682;12', `99999999;${OTHER_KEY}`]));
      await expect(page.getByText('the key needs 32 hexadecimal digits (column key)')).toBeVisible();
      await expect(page.getByText('not in any tour; kept for later')).toBeVisible();
      await whole(page);
      await page.getByRole('button', { name: 'Import 2 keys' }).click();
      await expect(page.getByText('2 keys were imported').first()).toBeVisible();
      expect(await page.content()).not.toContain(OTHER_KEY);
      await page.getByRole('button', { name: 'Go on without these keys' }).click();
    });

    await test.step('pair a handheld by the code', async () => {
      await expect(step('Pair a handheld')).toHaveAttribute('aria-current', 'step');
      await page.getByRole('button', { name: 'Show a code' }).click();
      await expect(page.getByRole('img', { name: 'QR code with the address and the code' })).toBeVisible();
      await whole(page);
      const code = await page.locator('.pairing .digits').innerText();
      await handheld.pair(server.address, code, 'Mira');
    });

    await test.step('hand out the tour', async () => {
      await expect(step('Hand out the tour')).toHaveAttribute('aria-current', 'step');
      await page.getByRole('button', { name: 'Assign and release' }).click();
      await expect(page.getByText('“Lindenstraße 4–6” waits for Mira.')).toBeVisible();
      await page.getByRole('link', { name: 'Watch the tour' }).click();
      await expect(page.getByText('not fetched yet')).toBeVisible();
      await handheld.do('pull');
      await expect(page.getByText(/fetched /)).toBeVisible();
      await whole(page);
    });

    await test.step('the walk comes in while one looks at it', async () => {
      await handheld.walk(FRAMES);
      await handheld.do('manual', '--meter', '12345681', '--reason', 'control', '--confirm', 'below_previous', '--confirm', 'below_low', '12,5');
      await handheld.do('manual', '--meter', '12345682', '--reason', 'not_heard', '250,25');
      await handheld.do('push');
      const row = (meter: string) => page.getByRole('row').filter({ hasText: meter });
      await expect(row('12345678')).toContainText('No key');
      await expect(row('12345680')).toContainText('Wrong key');
      await expect(row('12345681')).toContainText('By hand');
      await expect(row('12345681')).toContainText('Below the previous value');
      await expect(row('12345682')).toContainText('250.25 m³');
      await expect(page.getByRole('progressbar', { name: 'Progress' })).toHaveAttribute('aria-valuenow', '2');
      await whole(page);
    });

    await test.step('a key that arrives late opens what has been waiting', async () => {
      await main.getByRole('link', { name: 'Keys' }).click();
      await page.getByRole('link', { name: 'Import keys' }).click();
      await choose(csv('late.csv', ['id;key', `12345678;${KEY}`, `12345679;${KEY}`]));
      await expect(page.getByText('opens waiting telegrams: 1')).toBeVisible();
      await expect(page.getByText('does not open the telegrams of this meter')).toBeVisible();
      await page.getByRole('button', { name: 'Import 2 keys' }).click();
      await expect(page.getByText('2 waiting telegrams were decoded again.')).toBeVisible();
      await main.getByRole('link', { name: 'Keys' }).click();
      await expect(page.getByRole('button', { name: 'Works 1' })).toBeVisible();
      await expect(page.getByRole('button', { name: 'Wrong 2' })).toBeVisible();
      await whole(page);
    });

    await test.step('the readings, filtered and sorted', async () => {
      await main.getByRole('link', { name: 'Tours' }).click();
      await whole(page);
      await page.getByRole('link', { name: 'Lindenstraße 4–6' }).click();
      const shown = page.locator('#content .panel-head [role=status]');
      await expect(shown).toHaveText('5 of 5');
      await page.getByLabel('State', { exact: true }).selectOption('missing');
      await expect(shown).toHaveText('2 of 2');
      await page.getByLabel('State', { exact: true }).selectOption('');
      await page.getByLabel('House').selectOption('Lindenstraße 6');
      await expect(shown).toHaveText('2 of 2');
      await page.getByLabel('House').selectOption('');
      await page.getByLabel('Search').fill('12345678');
      await expect(shown).toHaveText('1 of 1');
      await page.getByLabel('Search').fill('');
      await expect(shown).toHaveText('5 of 5');
      await page.getByRole('button', { name: 'Value' }).click();
      await page.getByRole('button', { name: 'Value' }).click();
      await expect(page.locator('tbody td.value').first()).toContainText('28,504.27 m³');
      await expect(page.locator('tbody td.consumption').first()).toContainText('504.27 m³');
    });

    await test.step('the export', async () => {
      const download = page.waitForEvent('download');
      await page.getByRole('link', { name: 'Export CSV' }).click();
      const file = await download;
      expect(file.suggestedFilename()).toMatch(/\.csv$/);
      const rows = (await readFile(await file.path(), 'utf8')).trimEnd().split(/\r?\n/);
      expect(rows[0]).toMatch(/^tour;/);
      expect(rows.some((row) => row.includes('12345678') && row.includes('28504.27'))).toBe(true);
    });

    await test.step('a meter and the telegram behind its value, byte by byte', async () => {
      await page.getByRole('link', { name: '12345678' }).click();
      await expect(page.getByRole('heading', { level: 1, name: '12345678' })).toBeVisible();
      await expect(page.getByText('28,504.27 m³').first()).toBeVisible();
      await expect(page.getByRole('img', { name: /^Volume over time, 2 values, last 28,504\.27 m³/ })).toBeVisible();
      await whole(page);
      await page.getByRole('region', { name: 'Readings' }).getByRole('link', { name: 'Telegram' }).first().click();
      await expect(page.getByText('Telegram of ELS-12345678-33-03')).toBeVisible();
      await expect(page.getByText('AES-128 (mode 5)')).toBeVisible();
      await expect(page.getByRole('figure').nth(1)).toContainText('0C 14 27 04 85 02');
      await expect(page.getByText('28504.27 m³').first()).toBeVisible();
      await whole(page);
    });

    await test.step('a sealed telegram says why', async () => {
      await page.getByRole('link', { name: 'Meter', exact: true }).click();
      await page.getByRole('link', { name: 'Lindenstraße 4–6' }).click();
      await page.getByRole('link', { name: '12345680' }).click();
      await expect(page.getByText('Heard, but the key does not open it.')).toBeVisible();
      await page.locator('.telegrams a').click();
      await expect(page.getByRole('figure')).toHaveCount(1);
      await expect(page.getByText('Ask the manufacturer for the right key and import it.')).toBeVisible();
      await whole(page);
    });

    await test.step('a handheld is revoked', async () => {
      await main.getByRole('link', { name: 'Handhelds' }).click();
      await expect(page.getByText('2 changes not fetched')).toBeVisible();
      await handheld.do('pull');
      await expect(page.getByText('Up to date')).toBeVisible();
      await whole(page);
      await page.getByRole('button', { name: 'Revoke Mira' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
      await expect(page.getByText('“Mira” was revoked')).toBeVisible();
      await expect(handheld.do('pull')).rejects.toThrow(/revoked/);
    });

    await test.step('the log', async () => {
      await main.getByRole('link', { name: 'Log' }).click();
      await expect(page.getByRole('row').nth(1)).toContainText('Handheld revoked');
      await expect(page.getByRole('row').filter({ hasText: 'Readings received' }).first()).toContainText('Mira');
      await whole(page);
    });

    await test.step('log out', async () => {
      await page.getByRole('button', { name: 'Sign out' }).click();
      await expect(page.getByLabel('Password')).toBeVisible();
      await page.reload();
      await expect(page.getByLabel('Password')).toBeVisible();
    });
  });
});
