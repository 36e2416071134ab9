import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { test, type Page } from '@playwright/test';

/** How much slower than this machine the processor of a phone is taken to be. */
const THROTTLE = 4;
const SECONDS = 8;

/** What was seen while something happened in the window, in milliseconds. */
interface Seen {
  readonly frames: readonly number[];
  readonly longTasks: readonly number[];
}

function told(what: string, { frames, longTasks }: Seen): string {
  const sorted = [...frames].sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  const long = longTasks.length === 0 ? 'no task over 50 ms' : `${longTasks.length} tasks over 50 ms, longest ${Math.max(...longTasks).toFixed(0)} ms`;
  return `${what}: ${frames.length} frames, median ${at(0.5)} ms, 99 % within ${at(0.99)} ms, longest ${at(1)} ms; ${long}`;
}

async function slow(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE });
}

/** Watches frames and long tasks for some seconds; scrolls the list from end to end meanwhile if `scrolling`. */
function watch(page: Page, scrolling: boolean): Promise<Seen> {
  return page.evaluate(
    ([seconds, scrolls]) =>
      new Promise<Seen>((done) => {
        const frames: number[] = [];
        const longTasks: number[] = [];
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) longTasks.push(entry.duration);
        }).observe({ type: 'longtask' });
        const viewport = document.querySelector('.viewport');
        // Asked once: to ask in every frame would make the browser lay out twice.
        const way = viewport === null ? 0 : viewport.scrollHeight - viewport.clientHeight;
        const begin = performance.now();
        let last = begin;
        const frame = (now: number): void => {
          frames.push(now - last);
          last = now;
          const share = (now - begin) / (seconds * 1000);
          if (scrolls && viewport !== null) viewport.scrollTop = share * way;
          if (share < 1) requestAnimationFrame(frame);
          else done({ frames: frames.slice(1), longTasks });
        };
        requestAnimationFrame(frame);
      }),
    [SECONDS, scrolling] as const,
  );
}

test('size of what the app loads', () => {
  const assets = fileURLToPath(new URL('../dist/assets/', import.meta.url));
  const rows = readdirSync(assets)
    .map((name) => ({ name, bytes: readFileSync(assets + name) }))
    .sort((a, b) => b.bytes.length - a.bytes.length)
    .map(({ name, bytes }) => `  ${(bytes.length / 1000).toFixed(1).padStart(7)} kB, ${(gzipSync(bytes).length / 1000).toFixed(1).padStart(6)} kB gzip  ${name}`);
  console.log(`\nassets\n${rows.join('\n')}`);
});

for (const throttled of [false, true]) {
  const machine = throttled ? `processor ${THROTTLE}× slower` : 'this machine';

  test(`opening, ${machine}`, async ({ page }) => {
    if (throttled) await slow(page);
    for (const [what, address] of [
      ['the list of tours', '/?paired&large#/tours'],
      ['a walk of 5,000 meters', '/?paired&large#/tours/tour-large'],
    ] as const) {
      await page.goto('about:blank');
      await page.goto(address);
      await page.locator(address.endsWith('large') ? '[data-meter]' : '[data-tour]').first().waitFor();
      const { paint, ready } = await page.evaluate(() => ({
        paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
        ready: performance.now(),
      }));
      console.log(`\nopening ${what}, ${machine}: first paint ${paint.toFixed(0)} ms, content there within ${ready.toFixed(0)} ms`);
    }
  });

  test(`scrolling 5,000 meters, ${machine}`, async ({ page }) => {
    await page.goto('/?paired&large#/tours/tour-large');
    await page.locator('[data-meter]').first().waitFor();
    if (throttled) await slow(page);
    console.log(`\n${told(`scrolling 5,000 meters end to end in ${SECONDS} s, ${machine}`, await watch(page, true))}`);
  });

  for (const scrolling of [false, true]) {
    test(`31 meters a second${scrolling ? ' while scrolling' : ''}, ${machine}`, async ({ page }) => {
      await page.goto('/?paired&large&commit=32&frames=1#/tours/tour-large');
      await page.locator('.actions button.primary').click();
      await page.locator('[data-source="recording"]').click();
      await page.locator('[data-receiver="receiving"]').waitFor();
      if (throttled) await slow(page);
      const what = `31 events a second in a tour of 5,000 meters${scrolling ? ', while scrolling' : ''}, ${machine}`;
      console.log(`\n${told(what, await watch(page, scrolling))}`);
    });
  }
}
