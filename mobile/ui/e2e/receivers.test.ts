import type { Locator, Page } from '@playwright/test';
import { expect, test, type App } from './app';

const TEST = 'Test';
const FORGET = 'Forget this receiver';

/** Opens the sheet in which a walk is told what to listen to. */
async function openSources(app: App, query = ''): Promise<void> {
  await app.open(`paired${query}`, '#/tours/tour-linden');
  await app.page.locator('.actions button.primary').click();
  await expect(receiver(app.page, 'iM871A')).toBeVisible();
}

/** Everything about one receiver of the sheet. */
const receiver = (page: Page, name: string): Locator => page.getByRole('group', { name, exact: true });

async function write(page: Page, address: string): Promise<void> {
  await page.getByRole('button', { name: 'Add a receiver by its address' }).click();
  await expect(page.getByLabel('Address of the receiver')).toBeFocused();
  await page.keyboard.type(address);
  await page.keyboard.press('Enter');
}

test('a receiver at USB is offered by itself, cannot be forgotten, and is listened to', async ({ app, page }) => {
  await openSources(app);
  await expect(receiver(page, 'iM871A').getByRole('button')).toHaveText([/iM871A/, TEST]);
  await receiver(page, 'iM871A').getByRole('button', { name: /iM871A/ }).click();
  await expect(page.locator('[data-receiver="receiving"]')).toContainText('iM871A');
});

for (const address of ['rtl_tcp:192.168.1.7:1234', 'tcp:gateway.local:7227', 'im871a:/dev/ttyUSB0']) {
  test(`a receiver is added by its address ${address}, takes the focus, and is listened to`, async ({ app, page }) => {
    await openSources(app);
    await write(page, `  ${address} `);
    const start = receiver(page, address).getByRole('button').first();
    await expect(start).toBeFocused();
    await expect(page.getByLabel('Address of the receiver')).toHaveCount(0);
    await page.keyboard.press('Enter');
    await expect(page.locator('[data-receiver="receiving"]')).toContainText(address);
  });
}

test('a receiver that is added twice is there once', async ({ app, page }) => {
  await openSources(app);
  await write(page, 'tcp:gateway.local:7227');
  await expect(receiver(page, 'tcp:gateway.local:7227')).toBeVisible();
  await write(page, 'tcp:gateway.local:7227');
  await expect(page.getByLabel('Address of the receiver')).toHaveCount(0);
  await expect(receiver(page, 'tcp:gateway.local:7227')).toHaveCount(1);
});

test('a wrong address says how one is written, keeps what was typed and lets it be mended', async ({ app, page }) => {
  await openSources(app);
  const field = page.getByLabel('Address of the receiver');
  await page.getByRole('button', { name: 'Add a receiver by its address' }).click();
  await field.fill('   ');
  await expect(page.getByRole('button', { name: 'Add the receiver' })).toBeDisabled();
  await field.fill('the grey one');
  await page.getByRole('button', { name: 'Add the receiver' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'such as rtl_tcp:192.168.1.7:1234' })).toBeVisible();
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveAccessibleDescription(/Write what it is and where/);
  await expect(field).toHaveValue('the grey one');
  await expect(field).toBeFocused();
  await field.fill('tcp:gateway.local:7227');
  await page.keyboard.press('Enter');
  await expect(receiver(page, 'tcp:gateway.local:7227')).toBeVisible();
});

test('a receiver that is forgotten stays forgotten', async ({ app, page }) => {
  await openSources(app);
  await write(page, 'tcp:gateway.local:7227');
  await receiver(page, 'tcp:gateway.local:7227').getByRole('button', { name: FORGET }).click();
  await expect(receiver(page, 'tcp:gateway.local:7227')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await page.locator('.actions button.primary').click();
  await expect(receiver(page, 'iM871A')).toBeVisible();
  await expect(receiver(page, 'tcp:gateway.local:7227')).toHaveCount(0);
});

test('a trial that runs says how long it may take and is not begun again', async ({ app, page }) => {
  await openSources(app, '&answer=3600000');
  await receiver(page, 'iM871A').getByRole('button', { name: TEST }).click();
  const running = receiver(page, 'iM871A').getByRole('button', { name: 'Listening for up to 20 seconds …' });
  await expect(running).toBeDisabled();
  await expect(running).toHaveAttribute('aria-busy', 'true');
  await expect(receiver(page, 'iM871A').getByRole('status')).toHaveCount(0);
});

test('a trial tells what it heard and through which receiver', async ({ app, page }) => {
  await openSources(app, '&answer=10');
  await receiver(page, 'iM871A').getByRole('button', { name: TEST }).click();
  await expect(receiver(page, 'iM871A')).toContainText('The receiver works');
  await expect(receiver(page, 'iM871A').getByRole('status')).toHaveText(
    'iM871A 1.9 · listening: T,C · telegrams 20, meters 7, damaged 1 · -58 dBm',
  );
  await expect(receiver(page, 'iM871A').getByRole('button', { name: TEST })).toBeEnabled();
});

test('a receiver that hears nothing is told from one that is gone', async ({ app, page }) => {
  await openSources(app, '&receiver=nothing_heard&answer=10');
  await receiver(page, 'iM871A').getByRole('button', { name: TEST }).click();
  await expect(receiver(page, 'iM871A')).toContainText('The receiver answers, but hears no meter here');
  await expect(receiver(page, 'iM871A').getByRole('status')).toContainText('telegrams 0, meters 0, damaged 0');

  await openSources(app, '&receiver=lost&answer=10');
  await receiver(page, 'iM871A').getByRole('button', { name: TEST }).click();
  await expect(receiver(page, 'iM871A').locator('[data-problem="receiver_lost"]')).toContainText('Plug it in again');
  await expect(receiver(page, 'iM871A').getByRole('status')).toHaveCount(0);
  await expect(receiver(page, 'iM871A').getByRole('button', { name: TEST })).toBeEnabled();
});

test('each receiver has a trial of its own', async ({ app, page }) => {
  await openSources(app, '&answer=10');
  await write(page, 'tcp:gateway.local:7227');
  await receiver(page, 'tcp:gateway.local:7227').getByRole('button', { name: TEST }).click();
  await expect(receiver(page, 'tcp:gateway.local:7227').getByRole('status')).toContainText('tcp:gateway.local:7227 1.9');
  await expect(receiver(page, 'iM871A').getByRole('status')).toHaveCount(0);
});

for (const [locale, colorScheme] of [
  ['en', 'light'],
  ['de', 'dark'],
  ['ru', 'light'],
  ['zh', 'dark'],
] as const) {
  test.describe(`${locale}, ${colorScheme}`, () => {
    test.use({ locale, colorScheme });

    /** Looks at the sheet as everybody does who reads this language; no words are pressed. */
    async function expectReadable(app: App): Promise<void> {
      await app.expectAccessible();
      await app.expectControlsOf48Pixels();
      await app.expectNothingCutOff();
    }

    test('adding a receiver can be read and pressed by everybody, and so can its refusal', async ({ app, page }) => {
      await openSources(app);
      await page.locator('.sources > button.plain').first().click();
      await expectReadable(app);
      await page.locator('.sources input').first().fill('a receiver whose address is none and far too long for a line');
      await page.keyboard.press('Enter');
      await expect(page.locator('.sources [role="alert"]')).not.toBeEmpty();
      await expectReadable(app);
      await page.locator('.sources input').first().fill('rtl_tcp:a-telephone-in-the-basement.local:1234');
      await page.keyboard.press('Enter');
      await expect(receiver(page, 'rtl_tcp:a-telephone-in-the-basement.local:1234')).toBeVisible();
      await expectReadable(app);
    });

    test('a trial can be read and pressed by everybody, and so can its failure', async ({ app, page }) => {
      await openSources(app, '&answer=10');
      await receiver(page, 'iM871A').getByRole('button').nth(1).click();
      await expect(receiver(page, 'iM871A').getByRole('status')).toBeVisible();
      await expectReadable(app);
      await openSources(app, '&receiver=lost&answer=10');
      await receiver(page, 'iM871A').getByRole('button').nth(1).click();
      await expect(page.locator('[data-problem="receiver_lost"]')).toBeVisible();
      await expectReadable(app);
    });
  });
}
