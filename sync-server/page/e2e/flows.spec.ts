import { readFile } from 'node:fs/promises';
import { PASSWORD, WALKED, expect, test } from './office';

const csv = (name: string, rows: string[], encoding: BufferEncoding = 'utf8') => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(rows.join('\r\n'), encoding),
});
const KEY = '000102030405060708090A0B0C0D0E0F';
const TOUR = [
  'street;house;flat;place;meter_no;radio_id;medium;key',
  `Ahornweg;3;0.1;kitchen;82000001;82000001;cold water;${KEY}`,
  'Ahornweg;3;0.1;bathroom;82000002;82000002;hot water;',
  'Ahornweg;3;0.2;kitchen;8200;XYZ;cold water;',
];

test.describe('signing in', () => {
  test('a wrong password says how many attempts are left, then how long one must wait', async ({ office, page }) => {
    await office.open();
    const password = page.getByLabel('Password');
    const submit = page.getByRole('button', { name: 'Sign in' });
    for (const left of ['4 attempts', '3 attempts', '2 attempts', 'One attempt']) {
      await password.fill('wrong');
      await submit.click();
      await expect(page.getByText(`The password is wrong. ${left} left.`)).toBeVisible();
      await expect(password).toBeFocused();
    }
    await password.fill('wrong');
    await submit.click();
    await expect(page.getByText('Too many attempts. Try again in 60 seconds.')).toBeVisible();
    await expect(submit).toBeDisabled();
    await page.clock.fastForward(61_000);
    await expect(submit).toBeEnabled();
    await password.fill(PASSWORD);
    await password.press('Enter');
    await expect(office.heading('Tours')).toBeVisible();
  });

  test('a session that ends leads back to the same screen', async ({ office, page }) => {
    await office.open();
    await office.signIn();
    await office.go('#/keys');
    await office.server((server) => server.endSession(), null);
    await expect(page.getByText('You were signed out.')).toBeVisible();
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(office.heading('Keys')).toBeVisible();
  });

  test('an ended session is noticed by the next request', async ({ office, page }) => {
    await office.open();
    await office.signIn();
    await office.server((server) => server.signOut(), null);
    await page.evaluate(() => (location.hash = '#/audit'));
    await expect(page.getByText('You were signed out.')).toBeVisible();
  });

  test('signing out ends the session', async ({ office, page }) => {
    await office.open();
    await office.signIn();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(page.getByLabel('Password')).toBeVisible();
    await expect(page.getByText('You were signed out.')).toHaveCount(0);
  });

  test('an unreachable server is said, and a retry goes on', async ({ office, page }) => {
    await office.open();
    await office.server((server) => server.failNext('unreachable'), null);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByText('The server cannot be reached.')).toBeVisible();
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(office.heading('Tours')).toBeVisible();
  });
});

test('a first visit is led by the hand from nothing to a tour on a paired handheld', async ({ office, page }) => {
  await office.open({ world: 'empty' });
  await office.signIn();
  await expect(office.heading('From nothing to the first tour')).toBeVisible();

  const step = (name: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });
  await expect(step('Bring in a tour')).toHaveAttribute('aria-current', 'step');
  await page.setInputFiles('input[type=file]', csv('Ahornweg.csv', TOUR));
  await expect(page.getByText('one row is good')).toBeVisible();
  await expect(page.getByText('the radio number needs 8 digits (column radio_id)')).toBeVisible();
  await expect(page.getByLabel('Name of the tour')).toHaveValue('Ahornweg');
  await page.getByRole('button', { name: 'Create tour without one row' }).click();

  await expect(step('Bring in the keys')).toHaveAttribute('aria-current', 'step');
  await expect(page.getByText('Ahornweg: 2 meters')).toBeVisible();
  await expect(page.getByText('Ahornweg: one without key.')).toBeVisible();
  await page.setInputFiles('input[type=file]', csv('keys.csv', ['id,key', `82000002,${KEY}`]));
  await page.getByRole('button', { name: 'Import one key' }).click();

  await expect(step('Pair a handheld')).toHaveAttribute('aria-current', 'step');
  await expect(page.getByText('Every meter has its key')).toBeVisible();
  await page.getByRole('button', { name: 'Show a code' }).click();
  await expect(page.getByText('7K3M-Q9TF-02XN-HD5C')).toBeVisible();
  await expect(page.getByRole('img', { name: 'QR code' })).toBeVisible();
  await office.server((server) => server.pair('Mira'), null);

  await expect(step('Hand out the tour')).toHaveAttribute('aria-current', 'step');
  await expect(page.getByLabel('Handheld', { exact: true })).toHaveValue(/.+/);
  await page.getByRole('button', { name: 'Assign and release' }).click();

  await expect(page.getByText('“Ahornweg” waits for Mira.')).toBeVisible();
  await office.accessible();
  await page.getByRole('link', { name: 'Watch the tour' }).click();
  await expect(office.heading('Ahornweg')).toBeVisible();
  await expect(page.getByText('Released', { exact: true })).toBeVisible();
});

test.describe('a tour from a CSV', () => {
  test('in the wrong encoding is refused by name and line, and the next file goes on', async ({ office, page }) => {
    await office.open();
    await office.signIn();
    await office.go('#/tours/new');
    await page.setInputFiles('input[type=file]', csv('old.csv', ['meter_no;street', '1;Ahornweg', '2;Lindenstraße'], 'latin1'));
    await expect(page.getByText('The file is not UTF-8.')).toBeVisible();
    await expect(page.getByText('Line 3')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Create tour' })).toHaveCount(0);
    await page.setInputFiles('input[type=file]', csv('new.csv', ['meter_no;street', '1;Ahornweg', '2;Lindenstraße']));
    await expect(page.getByText('2 with a hint')).toBeVisible();
  });

  test('without its column, empty or with an open quote says so', async ({ office, page }) => {
    await office.open();
    await office.signIn();
    await office.go('#/tours/new');
    for (const [rows, words] of [
      [['street;house', 'Ahornweg;3'], 'A column that is needed is missing.'],
      [['meter_no;street'], 'The file has no rows.'],
      [['meter_no;street', '1;"Ahornweg'], 'A quotation mark is opened and never closed.'],
    ] as const) {
      await page.setInputFiles('input[type=file]', csv('tour.csv', [...rows]));
      await expect(page.getByText(words)).toBeVisible();
    }
  });

  test('in which no row is good cannot be created', async ({ office, page }) => {
    await office.open();
    await office.signIn();
    await office.go('#/tours/new');
    await page.setInputFiles('input[type=file]', csv('tour.csv', ['meter_no;radio_id', '1;XYZ']));
    await expect(page.getByText('No row can be used.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Create tour' })).toHaveCount(0);
  });

  test('needs a name, survives a server that fails, and then shows the tour', async ({ office, page }) => {
    await office.open();
    await office.signIn();
    await office.go('#/tours/new');
    await page.setInputFiles('input[type=file]', csv('Ahornweg.csv', TOUR));
    const name = page.getByLabel('Name of the tour');
    const create = page.getByRole('button', { name: 'Create tour without one row' });
    await name.fill('  ');
    await create.click();
    await expect(page.getByText('Give the tour a name.')).toBeVisible();
    await expect(name).toBeFocused();
    await name.fill('Ahorn');
    await office.server((server) => server.failNext('insufficient_storage'), null);
    await create.click();
    await expect(page.getByText('The server’s disk is full. Nothing was stored; make room and try again.')).toBeVisible();
    await create.click();
    await expect(office.heading('Ahorn')).toBeVisible();
    await expect(page.getByText('0 of 2')).toBeVisible();
  });
});

test.describe('a tour', () => {
  test('shows what comes in while one looks at it', async ({ office, page }) => {
    await office.open();
    await office.signIn();
    await expect(page.getByText('36 of 48')).toBeVisible();
    await office.server((server, name) => server.walk(name, 2), WALKED);
    await expect(page.getByText('38 of 48')).toBeVisible();
    await page.getByRole('link', { name: WALKED }).click();
    await expect(page.getByRole('progressbar', { name: 'Progress' })).toHaveAttribute('aria-valuenow', '38');
    const row = page.getByRole('row').filter({ hasText: '76341799' });
    await expect(row).toContainText('Missing');
    await office.server((server, name) => server.walk(name, 5), WALKED);
    await expect(row).toContainText('Read');
    await expect(page.getByText('43 of 48')).toBeVisible();
  });

  test('says when it is not live, and catches up when it is again', async ({ office, page }) => {
    await office.open();
    await office.signIn();
    await office.server((server) => server.setLive('lost'), null);
    await expect(page.getByText('What you see may be old.')).toBeVisible();
    await office.server((server, name) => server.walk(name, 3), WALKED);
    await expect(page.getByText('36 of 48')).toBeVisible();
    await office.server((server) => server.setLive('live'), null);
    await expect(page.getByText('39 of 48')).toBeVisible();
    await expect(page.getByText('What you see may be old.')).toHaveCount(0);
  });

  test('narrows its readings by state, house, kind, alarm and words', async ({ office, page }) => {
    await office.open();
    await office.signIn();
    await office.go(await office.tourHash(WALKED));
    const shown = page.locator('#content .panel-head [role=status]');
    await expect(shown).toHaveText('48 of 48');
    await page.getByLabel('State', { exact: true }).selectOption('missing');
    await expect(shown).toHaveText('12 of 12');
    await page.getByLabel('House').selectOption('Lindenstraße 4');
    await expect(shown).toHaveText('4 of 4');
    await page.getByLabel('State', { exact: true }).selectOption('');
    await page.getByLabel('House').selectOption('');
    await page.getByLabel('Kind').selectOption('manual');
    await expect(shown).toHaveText('3 of 3');
    await page.getByLabel('Kind').selectOption('');
    await page.getByLabel('Only with alarms').check();
    await expect(shown).toHaveText('4 of 4');
    await page.getByLabel('Search').fill('K-10402');
    await expect(shown).toHaveText('1 of 1');
    await page.getByLabel('Search').fill('nothing like this');
    await expect(page.getByText('No meter fits this filter')).toBeVisible();
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect(shown).toHaveText('48 of 48');
    await page.getByRole('button', { name: 'Implausible 2' }).click();
    await expect(shown).toHaveText('2 of 2');
  });

  test('sorts by exact values, both ways', async ({ office, page }, { project }) => {
    await office.open();
    await office.signIn();
    await office.go(await office.tourHash(WALKED));
    const values = page.locator('tbody td.value');
    if (project.name === 'phone') {
      await page.getByLabel('Order').selectOption('value');
      await expect(values.last()).toContainText('229.250');
      return;
    }
    await page.getByRole('button', { name: 'Value' }).click();
    await expect(page.getByRole('columnheader', { name: 'Value' })).toHaveAttribute('aria-sort', 'ascending');
    await expect(values.last()).toContainText('229.250');
    await page.getByRole('button', { name: 'Value' }).click();
    await expect(values.first()).toContainText('229.250');
  });

  test('gives its readings as CSV', async ({ office, page }) => {
    await office.open();
    await office.signIn();
    await office.go(await office.tourHash(WALKED));
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export CSV' }).click();
    const lines = (await readFile(await (await download).path(), 'utf8')).split('\r\n');
    expect(lines).toHaveLength(49);
    expect(lines[1]).toBe(`${WALKED};76341000;52.200;m³;2026-10-31;due_date`);
  });

  test('is assigned, released in spite of missing keys, and withdrawn', async ({ office, page }) => {
    await office.open();
    await office.signIn();
    await office.go(await office.tourHash('Hafenviertel, Block C'));
    await expect(page.getByText('Assign a handheld first.')).toBeVisible();
    await page.getByRole('button', { name: 'Assign', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Handheld').selectOption('M. Petrowa');
    await dialog.getByRole('button', { name: 'Assign', exact: true }).click();
    await expect(dialog).toHaveCount(0);
    await expect(page.getByText('not fetched yet')).toBeVisible();
    await page.getByRole('button', { name: 'Release' }).click();
    await expect(dialog).toContainText('4 meters have no key.');
    await dialog.getByRole('button', { name: 'Release' }).click();
    await expect(page.getByText('The tour was released')).toBeVisible();
    await expect(page.getByText('Released', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Withdraw from M. Petrowa' }).click();
    await expect(page.getByText('nobody yet')).toBeVisible();
  });

  test('that two handhelds walk says so', async ({ office, page }) => {
    await office.open();
    await office.signIn();
    await office.go(await office.tourHash(WALKED));
    await expect(page.getByText('More than one handheld walks this tour.')).toBeVisible();
    await expect(page.getByText('not assigned, but sent readings')).toBeVisible();
  });

  test('that does not exist says so', async ({ office, page }) => {
    await office.open();
    await office.signIn();
    await office.go('#/tours/0190a000-0000-7000-8000-000000000000');
    await expect(page.getByText('This no longer exists.')).toBeVisible();
  });
});

test('from an alarm to the byte that raised it', async ({ office, page }) => {
  await office.open();
  await office.signIn();
  await office.go(await office.tourHash(WALKED));
  await page.getByLabel('Only with alarms').check();
  await page.getByRole('link', { name: '76341034' }).click();
  await expect(office.heading('76341034')).toBeVisible();
  await expect(page.getByText('since 2 Nov 2026')).toBeVisible();
  await expect(page.getByRole('img', { name: 'Volume over time, 13 values, last 75.180 m³, 31 Oct 2026' })).toBeVisible();
  await page.getByText('As a table').click();
  await expect(page.getByRole('region', { name: 'Values over time' }).getByRole('row')).toHaveCount(14);
  await page.getByRole('region', { name: 'Readings' }).getByRole('link', { name: 'Telegram' }).first().click();
  await expect(office.heading('Telegram, byte by byte')).toBeVisible();
  await expect(page.getByText('status: power low')).toBeVisible();
  await expect(page.getByText('76.671 m³')).toBeVisible();
  await page.getByRole('button', { name: 'Copy bytes' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^1E44AE4C34103476/);
  await page.getByRole('link', { name: 'Meter', exact: true }).click();
  await expect(office.heading('76341034')).toBeVisible();
});

test('an encrypted telegram shows its decrypted bytes', async ({ office, page }) => {
  await office.open();
  await office.signIn();
  await office.go(await office.gasTelegramHash());
  await expect(page.getByRole('figure').nth(1)).toContainText('0C 14 27 04 85 02');
  await expect(page.getByText('28504.27 m³').first()).toBeVisible();
  await expect(page.getByText('decrypted', { exact: true }).first()).toBeVisible();
});

test('a sealed telegram says why and what to do', async ({ office, page }) => {
  await office.open();
  await office.signIn();
  await office.go(await office.telegramHash('heard_wrong_key'));
  await expect(page.getByText('Ask the manufacturer for the right key and import it.')).toBeVisible();
  await expect(page.getByText('sealed: the key does not open it')).toBeVisible();
  await expect(page.getByRole('figure')).toHaveCount(1);
});

test.describe('handhelds', () => {
  test('who is behind stands first, with what is open', async ({ office, page }) => {
    await office.open();
    await office.signIn();
    await expect(page.getByRole('link', { name: 'Handhelds , 2 handhelds are behind' })).toBeVisible();
    await office.go('#/handhelds');
    await expect(page.getByText('2 handhelds are behind').last()).toBeVisible();
    await expect(page.locator('#content li h2')).toHaveText(['Ersatzgerät Keller', 'Jonas Weiß', 'M. Petrowa', 'Anna Berger']);
    await expect(page.getByText('41 items waiting on it')).toBeVisible();
    await expect(page.getByText('64 s fast')).toBeVisible();
    await page.getByLabel('Show revoked ones').check();
    await expect(page.locator('#content li h2')).toHaveCount(5);
  });

  test('one that is lost is revoked after a question', async ({ office, page }) => {
    await office.open();
    await office.signIn();
    await office.go('#/handhelds');
    await page.getByRole('button', { name: 'Revoke Ersatzgerät Keller' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('Readings it has already sent are kept.');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.locator('#content li h2')).toHaveCount(4);
    await page.getByRole('button', { name: 'Revoke Ersatzgerät Keller' }).click();
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await expect(page.getByText('“Ersatzgerät Keller” was revoked')).toBeVisible();
    await expect(page.locator('#content li h2')).toHaveCount(3);
  });

  test('a pairing code grows old, and a new one takes its place', async ({ office, page }) => {
    await office.open();
    await office.signIn();
    await office.go('#/handhelds/pair');
    await page.getByRole('button', { name: 'Show a code' }).click();
    await expect(page.getByText('Valid for 10:00 more')).toBeVisible();
    await page.clock.runFor(61_000);
    await expect(page.getByText('Valid for 8:59 more')).toBeVisible();
    await page.clock.fastForward(10 * 60_000);
    await expect(page.getByText('This code has expired.')).toBeVisible();
    await page.getByRole('button', { name: 'Show a new code' }).click();
    await expect(page.getByText('4WXD-82HN-6TQB-M0CY')).toBeVisible();
    await office.server((server) => server.pair('Mira'), null);
    await expect(page.getByText('Mira is paired')).toBeVisible();
  });
});

test.describe('keys', () => {
  test('are counted, narrowed and never shown', async ({ office, page }) => {
    await office.open();
    await office.signIn();
    await office.go('#/keys');
    const rows = page.locator('#content tbody tr');
    await expect(rows).toHaveCount(85);
    await page.getByRole('button', { name: 'Wrong 1' }).click();
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText('76341425');
    await page.getByRole('button', { name: 'All 85' }).click();
    await page.getByLabel('Identification number').fill('763410');
    await expect(rows).toHaveCount(6);
    await page.getByLabel('Identification number').fill('FF');
    await expect(page.getByText('No key fits this filter')).toBeVisible();
  });

  test('that arrive late open what has been waiting', async ({ office, page }) => {
    await office.open();
    await office.signIn();
    await office.go('#/keys/import');
    await page.setInputFiles('input[type=file]', csv('keys.csv', ['id;key', `76341238;${KEY}`, '76341238;12', `99999999;${KEY}`]));
    await expect(page.getByText('opens waiting telegrams: 1')).toBeVisible();
    await expect(page.getByText('the key needs 32 hexadecimal digits (column key)')).toBeVisible();
    await expect(page.getByText('not in any tour; kept for later (column id)')).toBeVisible();
    await page.getByRole('button', { name: 'Import 2 keys' }).click();
    await expect(page.getByText('One waiting telegram was decoded again.')).toBeVisible();
    expect(await page.content()).not.toContain(KEY);
  });
});

test('the log names who did what', async ({ office, page }) => {
  await office.open();
  await office.signIn();
  await office.go('#/audit');
  const rows = page.locator('#content tbody tr');
  await expect(rows.first()).toContainText('Signed in');
  await expect(page.getByRole('row').filter({ hasText: 'Readings received' }).first()).toContainText('Anna Berger');
  await expect(page.getByRole('row').filter({ hasText: 'Wrong password' })).toContainText('192.0.2.17');
});

test('language and appearance are switched and remembered', async ({ office, page }) => {
  await office.open();
  await office.signIn();
  await page.getByRole('button', { name: 'Language and appearance' }).click();
  await page.getByRole('dialog').getByText('Русский').click();
  await expect(page.locator('#content h1')).toHaveText('Маршруты');
  await expect(page.locator('html')).toHaveAttribute('lang', 'ru');
  await page.getByRole('dialog').getByText('Высокая контрастность').click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'contrast');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Вход в офис' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'contrast');
});

test('an address that leads nowhere says so and leads back', async ({ office, page }) => {
  await office.open();
  await office.signIn();
  await office.go('#/nowhere');
  await expect(office.heading('There is no such page')).toBeVisible();
  await page.getByRole('link', { name: 'To the tours' }).click();
  await expect(office.heading('Tours')).toBeVisible();
});

test('a new screen is announced: the focus goes to its title', async ({ office, page }) => {
  await office.open();
  await office.signIn();
  await page.getByRole('link', { name: 'Keys' }).first().click();
  await expect(office.heading('Keys')).toBeFocused();
  await expect(page).toHaveTitle('Keys · Walkby office');
});
