import { expect, test } from './app';

test('a working day: pair, pull, walk, type an implausible value, push, see the receipt', async ({ app, page }) => {
  await app.open('commit=10');
  await expect(page.getByRole('heading', { name: 'Pair with the office' })).toBeVisible();
  await page.getByLabel('Address of the server').fill('office.example');
  await page.getByLabel('One-time code').fill('7K3M-Q9TF-02XN-HD5C');
  await page.getByLabel('Name of this handheld').fill('Handheld 3');
  await page.getByRole('button', { name: 'Pair', exact: true }).click();

  await page.getByRole('link', { name: /Lindenstraße 2026/ }).click();
  await expect(page.getByRole('heading', { name: 'Lindenstraße 2026' })).toBeFocused();
  await app.counter('0 of 24, 24 missing');
  await page.getByRole('button', { name: 'Start reading' }).click();
  await page.getByRole('button', { name: /Training/ }).click();
  await expect(page.getByText('Recording heard to its end')).toBeVisible();
  await app.counter('17 of 24, 7 missing');

  const first = page.getByRole('listitem').filter({ has: page.getByRole('link') }).first();
  await expect(first).toContainText('sends Mon–Fri 08–18 only');
  for (const why of ['no key for this meter', 'key is wrong', 'heard 3 times, damaged', 'not heard yet', 'Below the previous value']) {
    await expect(page.getByRole('list').getByText(why)).toBeVisible();
  }

  await page.getByRole('link', { name: /76376247/ }).click();
  await page.getByRole('button', { name: 'Enter value' }).click();
  await expect(page.getByLabel('Value on the display')).toBeFocused();
  await expect(page.getByLabel('Why by hand?')).toHaveValue('not_heard');
  await page.getByLabel('Value on the display').fill('12,5');
  await page.getByRole('button', { name: 'Save value' }).click();
  await expect(page.getByText('Please look again')).toBeVisible();
  await expect(page.getByRole('dialog').getByText('Below the previous value')).toBeVisible();
  await page.getByRole('button', { name: 'Correct it' }).click();
  await page.getByLabel('Value on the display').fill('999,9');
  await page.getByRole('button', { name: 'Save value' }).click();
  await expect(page.getByText('Above what is expected')).toBeVisible();
  await page.getByRole('button', { name: 'It is right' }).click();
  await expect(page.getByText('Value saved')).toBeVisible();
  await expect(page.locator('[data-kind="manual"]').first()).toContainText('999.9');

  await page.getByRole('button', { name: 'Back to the tour' }).click();
  await app.counter('18 of 24, 6 missing');
  await page.getByRole('button', { name: 'Back to the tours' }).click();
  await page.getByRole('link', { name: 'Sync' }).click();
  await expect(page.locator('[data-stage="waiting"] .number')).not.toHaveText('0');
  await page.getByRole('button', { name: 'Sync now' }).click();
  await expect(page.getByText('Everything has a receipt')).toBeVisible();
  await expect(page.locator('[data-stage="waiting"] .number')).toHaveText('0');
});

test('on the smallest window the warning of an implausible value is in sight', async ({ app, page }) => {
  await page.setViewportSize({ width: 320, height: 480 });
  await app.open('paired', '#/tours/tour-linden/line-1');
  await page.getByRole('button', { name: 'Enter value' }).click();
  await page.getByLabel('Value on the display').fill('12,5');
  await page.getByRole('button', { name: 'Save value' }).click();
  await expect(page.locator('[data-verdict="below_previous"]')).toBeInViewport();
});

test('the link of a QR code fills in address and code', async ({ app, page }) => {
  await app.open('');
  await page.getByLabel('One-time code').fill('walkby:pair?server=office.example&code=7K3M-Q9TF-02XN-HD5C');
  await expect(page.getByLabel('Address of the server')).toHaveValue('office.example');
  await expect(page.getByLabel('One-time code')).toHaveValue('7K3M-Q9TF-02XN-HD5C');
});

for (const [query, code, todo] of [
  ['', 'wrong_pairing_code', 'let the office make a new one'],
  ['pair=unreachable', 'unreachable', 'Check the network of this handheld'],
  ['pair=untrusted_certificate', 'untrusted_certificate', 'Nothing was sent'],
] as const) {
  test(`pairing that fails with ${code} says what to do and keeps what was typed`, async ({ app, page }) => {
    await app.open(query);
    await page.getByLabel('Address of the server').fill('office.example');
    await page.getByLabel('One-time code').fill('AAAA-AAAA');
    await page.getByLabel('Name of this handheld').fill('Handheld 3');
    await page.getByRole('button', { name: 'Pair', exact: true }).click();
    await expect(page.locator(`[data-problem="${code}"]`)).toContainText(todo);
    await expect(page.getByLabel('Address of the server')).toHaveValue('office.example');
  });
}

test('an empty field of the pairing says so', async ({ app, page }) => {
  await app.open('');
  await page.getByRole('button', { name: 'Pair', exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Fill this in.' })).toHaveCount(3);
});

test('a store of a newer version is not touched, and the app says so', async ({ app, page }) => {
  await app.open('open=newer_store');
  await expect(page.locator('[data-problem="newer_store"]')).toContainText('Nothing was changed or lost');
});

test('a passphrase that is chosen can be looked at before it is used', async ({ app, page }) => {
  await app.open('open=no_keyring');
  const passphrase = page.getByLabel('Passphrase');
  await passphrase.fill('correct horse');
  await expect(passphrase).toHaveAttribute('type', 'password');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(passphrase).toHaveAttribute('type', 'text');
  await expect(passphrase).toHaveValue('correct horse');
});

test('a store with a passphrase opens with it only', async ({ app, page }) => {
  await app.open('open=passphrase_needed&paired');
  await page.getByLabel('Passphrase').fill('guess');
  await page.getByRole('button', { name: 'Unlock' }).click();
  await expect(page.getByText('This passphrase does not fit')).toBeVisible();
  await page.getByLabel('Passphrase').fill('walkby');
  await page.getByRole('button', { name: 'Unlock' }).click();
  await expect(page.getByRole('heading', { name: 'Tours' })).toBeVisible();
});

test('a walk that was interrupted opens where it was and goes on', async ({ app, page }) => {
  await app.open('paired&walk=0.5&commit=10');
  await expect(page.getByRole('heading', { name: 'Lindenstraße 2026' })).toBeVisible();
  await page.getByRole('button', { name: 'Go on reading' }).click();
  await app.counter('17 of 24, 7 missing');
});

test('a walk can be stopped', async ({ app, page }) => {
  await app.open('paired&walk=0.2&commit=60000');
  await page.getByRole('button', { name: 'Go on reading' }).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.locator('[data-receiver="idle"]')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Go on reading' })).toBeVisible();
});

test('a full disk stops the walk loudly', async ({ app, page }) => {
  await app.open('paired&walk=0.5&failwalk=disk_full&commit=10');
  await page.getByRole('button', { name: 'Go on reading' }).click();
  await expect(page.locator('[data-problem="disk_full"]')).toContainText('Free some space');
});

test('a recording in another encoding is refused with words', async ({ app, page }) => {
  await app.open('paired', '#/tours/tour-linden');
  await page.getByRole('button', { name: 'Start reading' }).click();
  await page.locator('input[type=file]').first().setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from([0xff, 0xfe, 0x41, 0x00]) });
  await expect(page.locator('[data-problem="wrong_encoding"]')).toContainText('Save it as UTF-8');
});

test('a failed sync stays loud on every screen until a receipt arrives', async ({ app, page }) => {
  await app.open('paired&walk=0.5&exchange=unreachable', '#/sync');
  await page.getByRole('button', { name: 'Sync now' }).click();
  await expect(page.locator('[data-problem="unreachable"]')).toContainText('Nothing is lost');
  await page.getByRole('link', { name: 'Tours' }).click();
  await expect(page.getByRole('link', { name: /Not synchronised The server/ })).toBeVisible();
  await page.getByRole('link', { name: /Lindenstraße 2026/ }).click();
  await page.getByRole('link', { name: /Not synchronised The server/ }).click();
  await page.getByRole('button', { name: 'Sync now' }).click();
  await expect(page.getByText('Everything has a receipt')).toBeVisible();
  await expect(page.locator('[data-problem]')).toHaveCount(0);
});

test('a revoked handheld is led to pairing again', async ({ app, page }) => {
  await app.open('paired&walk=0.5&exchange=revoked', '#/sync');
  await page.getByRole('button', { name: 'Sync now' }).click();
  await page.getByRole('button', { name: 'Pair again' }).click();
  await expect(page.getByRole('heading', { name: 'Pair with the office' })).toBeVisible();
});

test('a meter is skipped with a reason, and with one only', async ({ app, page }) => {
  await app.open('paired', '#/tours/tour-linden/line-1');
  await page.getByRole('button', { name: /More/ }).click();
  await page.getByRole('button', { name: 'Skip this meter' }).click();
  await page.getByRole('button', { name: 'Skip', exact: true }).click();
  await expect(page.getByText('Choose a reason.')).toBeVisible();
  await page.getByLabel('Nobody home, no access').check();
  await page.getByRole('button', { name: 'Skip', exact: true }).click();
  await expect(page.getByText('Meter skipped')).toBeVisible();
  await expect(page.locator('[data-event="skip"]')).toContainText('Nobody home, no access');
});

test('a note and a photo are kept', async ({ app, page }) => {
  await app.open('paired', '#/tours/tour-linden/line-1');
  await page.getByRole('button', { name: /More/ }).click();
  await page.getByRole('button', { name: 'Write a note' }).click();
  await page.getByLabel('Note to the office').fill('New lock at the cellar');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.locator('[data-event="note"]')).toContainText('New lock at the cellar');
  await page.getByRole('button', { name: /More/ }).click();
  await page.locator('dialog[open] input[type=file]').setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: Buffer.from([0xff, 0xd8]) });
  await expect(page.locator('[data-event="photo"]')).toBeVisible();
});

test('the list is filtered by house, name and state, and comes back as it was left', async ({ app, page }) => {
  await app.open('paired&walk=1', '#/tours/tour-linden');
  await page.getByRole('button', { name: 'Find meters' }).click();
  await page.getByLabel('House', { exact: true }).selectOption('Lindenstraße 4');
  await page.getByRole('checkbox', { name: /^Missing/ }).check();
  await page.getByRole('button', { name: 'Show one meter' }).click();
  await expect(page.getByRole('status').filter({ hasText: '1 of 24 shown' })).toBeVisible();
  await page.getByRole('list').getByRole('link').click();
  await page.getByRole('button', { name: 'Back to the tour' }).click();
  await expect(page.getByRole('list').getByRole('link')).toHaveCount(1);
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByRole('button', { name: 'Find meters' }).click();
  await page.getByLabel('Street, house, name or number').fill('brandt');
  await page.getByRole('button', { name: 'Show 2 meters' }).click();
  await expect(page.getByRole('list').getByRole('link')).toHaveCount(2);
});

test('a telegram is explained byte by byte, the decrypted bytes too', async ({ app, page }) => {
  await app.open('paired&walk=1', '#/tours/tour-linden/line-13');
  await page.getByRole('button', { name: 'Explain byte by byte' }).click();
  const dialog = page.getByRole('dialog', { name: 'Telegram, byte by byte' });
  await expect(dialog).toContainText('59 23 C9 5A');
  await expect(dialog).toContainText('0C 14 27 04 85 02');
  await expect(dialog).toContainText('28504.27 m³');
});

test('language, theme and signals are kept as they are chosen', async ({ app, page }) => {
  await app.open('paired', '#/settings');
  await page.getByLabel('Deutsch').check();
  await expect(page.getByRole('heading', { name: 'Einstellungen' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await page.getByLabel('Dunkel').check();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.getByRole('switch', { name: 'Ton' }).click();
  await page.getByRole('link', { name: 'Touren' }).click();
  await page.getByRole('link', { name: 'Einstellungen' }).click();
  await expect(page.getByRole('switch', { name: 'Ton' })).not.toBeChecked();
});

test('the system decides about language and theme where nothing was chosen', async ({ browser }) => {
  const context = await browser.newContext({ locale: 'ru-RU', colorScheme: 'dark' });
  const page = await context.newPage();
  await page.goto('/?paired');
  await expect(page.getByRole('heading', { name: 'Маршруты' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await context.close();
});
