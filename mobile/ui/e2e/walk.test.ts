import { expect, test } from './app';

/** Counts what the loudspeaker and the motor are asked for. */
const COUNT_SIGNALS = (): void => {
  const counted = { beeps: 0, vibrations: 0 };
  Object.assign(globalThis, { counted });
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (this: OscillatorNode, when?: number) {
    counted.beeps += 1;
    start.call(this, when);
  };
  navigator.vibrate = () => {
    counted.vibrations += 1;
    return true;
  };
};
const counted = (): { beeps: number; vibrations: number } =>
  (globalThis as unknown as { counted: { beeps: number; vibrations: number } }).counted;

test('each new meter is signalled once, repetitions are silent', async ({ app, page }) => {
  await page.addInitScript(COUNT_SIGNALS);
  await app.open('paired&commit=10', '#/tours/tour-linden');
  await page.getByRole('button', { name: 'Start reading' }).click();
  await page.getByRole('button', { name: /Training/ }).click();
  await expect(page.getByText('Recording heard to its end')).toBeVisible();
  // Twenty meters are heard, some of them three times.
  expect(await page.evaluate(counted)).toEqual({ beeps: 20, vibrations: 20 });
});

test('sound and vibration can be switched off', async ({ app, page }) => {
  await page.addInitScript(COUNT_SIGNALS);
  await app.open('paired&commit=10', '#/settings');
  await page.getByRole('switch', { name: 'Sound' }).click();
  await page.getByRole('switch', { name: 'Vibration' }).click();
  await page.getByRole('link', { name: 'Tours' }).click();
  await page.getByRole('link', { name: /Lindenstraße 2026/ }).click();
  await page.getByRole('button', { name: 'Start reading' }).click();
  await page.getByRole('button', { name: /Training/ }).click();
  await expect(page.getByText('Recording heard to its end')).toBeVisible();
  expect(await page.evaluate(counted)).toEqual({ beeps: 0, vibrations: 0 });
});

for (const [state, words, advice] of [
  ['overloaded', 'Overloaded', 'step away from the meters'],
  ['nothing_heard', 'Nothing heard', 'Check the antenna'],
  ['lost', 'Receiver lost', 'Plug it in again'],
] as const) {
  test(`a receiver that is ${state} says so and what to do`, async ({ app, page }) => {
    await app.open(`paired&receiver=${state}`, '#/tours/tour-linden');
    await page.getByRole('button', { name: 'Start reading' }).click();
    await page.getByRole('button', { name: /iM871A/ }).click();
    await expect(page.locator(`[data-receiver="${state}"]`)).toContainText(words);
    await expect(page.locator(`[data-receiver="${state}"]`)).toContainText(advice);
  });
}

test('5,000 meters scroll from end to end with a handful of rows in the document', async ({ app, page }) => {
  await app.open('paired&large', '#/tours/tour-large');
  await app.counter('0 of 5,000, 5,000 missing');
  const rows = page.getByRole('list').getByRole('listitem');
  await expect(page.getByRole('link', { name: /40000000/ })).toBeVisible();
  expect(await rows.count()).toBeLessThan(40);
  await page.locator('.viewport').evaluate((viewport) => {
    viewport.scrollTop = viewport.scrollHeight / 2;
  });
  await expect(page.getByRole('link', { name: /40000000/ })).toHaveCount(0);
  expect(await rows.count()).toBeLessThan(40);
  await page.locator('.viewport').evaluate((viewport) => {
    viewport.scrollTop = viewport.scrollHeight;
  });
  await expect(page.getByRole('link', { name: /40004999/ })).toBeVisible();
  expect(await rows.count()).toBeLessThan(40);
});

test('5,000 meters are walked by keyboard, with one stop in the tab order', async ({ app, page }) => {
  await app.open('paired&large', '#/tours/tour-large');
  await page.getByRole('link', { name: /40000000/ }).focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('link', { name: /40000001/ })).toBeFocused();
  await page.keyboard.press('End');
  await expect(page.getByRole('link', { name: /40004999/ })).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(page.getByRole('link', { name: /40004998/ })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Back to the tours' })).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Home');
  await expect(page.getByRole('link', { name: /40000000/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Enter value' })).toBeVisible();
});

test('while 31 frames a second arrive, 5,000 meters stay usable', async ({ app, page }) => {
  await app.open('paired&large&commit=96&frames=3', '#/tours/tour-large');
  await page.getByRole('button', { name: 'Start reading' }).click();
  await page.getByRole('button', { name: /Training/ }).click();
  await expect(page.locator('[data-receiver="receiving"]')).toBeVisible();
  await page.getByRole('button', { name: 'Find meters' }).click();
  await page.getByRole('checkbox', { name: /^Read/ }).check();
  await page.getByRole('button', { name: /^Show \d+ meters|^Show one/ }).click();
  await expect(page.getByRole('list').getByRole('link').first()).toHaveAttribute('data-state', 'read');
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.locator('[data-receiver="idle"]')).toBeVisible();
});

test('the app is used by keyboard alone; a sheet keeps the focus and gives it back', async ({ app, page }) => {
  await app.open('paired', '#/tours/tour-linden/line-1');
  const enter = page.getByRole('button', { name: 'Enter value' });
  await enter.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Value on the display')).toBeFocused();
  await page.keyboard.type('123,6');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Value saved')).toBeVisible();
  await expect(enter).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Value on the display')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(enter).toBeFocused();
});
