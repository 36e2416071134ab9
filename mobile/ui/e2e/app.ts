import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { smallControls } from '@walkby/ui/testing';
import { expect, test as base, type Page } from '@playwright/test';

/** A Saturday morning: meters that send on working days only are silent. */
const NOW = '2026-11-21T09:12:00+01:00';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The app in the browser, whose console stays silent: a violated policy or a thrown error fails the test. */
export class App {
  constructor(readonly page: Page) {}

  /** Opens the app on a backend as `query` asks for it; see `memoryFrom`. */
  async open(query: string, address = ''): Promise<void> {
    await this.page.clock.setFixedTime(NOW);
    await this.page.goto(`/?${query}${address}`);
    await expect(this.page.getByRole('heading', { level: 1 })).not.toBeEmpty();
  }

  /** Looks for what a screen reader would stumble over. */
  async expectAccessible(): Promise<void> {
    await this.page.evaluate(axe);
    const violations = await this.page.evaluate(async () => {
      const { axe: runner } = globalThis as unknown as { axe: { run(): Promise<{ violations: AxeViolation[] }> } };
      const found = await runner.run();
      return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
    });
    expect(violations).toEqual([]);
  }

  /** Measures everything that can be pressed. */
  async expectControlsOf48Pixels(): Promise<void> {
    expect(await this.page.evaluate(smallControls)).toEqual([]);
  }

  /** Nothing reaches over the edge of the phone, and no word is longer than the place it has. */
  async expectNothingCutOff(): Promise<void> {
    const cut = await this.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('#app *')]
        .filter((element) => element.checkVisibility() && !element.classList.contains('visually-hidden'))
        .filter((element) => {
          const { left, right } = element.getBoundingClientRect();
          const over = right > document.documentElement.clientWidth + 1 || left < -1;
          const scrolls = element.matches('.scrolling, .content, .viewport, button, .field, .input, label');
          return over || (scrolls && element.scrollWidth > element.clientWidth + 1);
        })
        .map((element) => element.outerHTML.slice(0, 160)),
    );
    expect(cut).toEqual([]);
  }

  counter(words: string): Promise<void> {
    return expect(this.page.getByRole('status').filter({ hasText: words })).toBeAttached();
  }
}

interface AxeViolation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

export const test = base.extend<{ app: App }>({
  app: async ({ page }, use) => {
    const said: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') said.push(message.text());
    });
    page.on('pageerror', (error) => said.push(error.message));
    await use(new App(page));
    expect(said, 'the console').toEqual([]);
  },
});

export { expect };
