import { expect, test as base, type Locator, type Page } from '@playwright/test';
import { smallControls } from '@walkby/ui/testing';
import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import type { MemoryBackend } from '../src/backend/memory/memory-backend';

declare global {
  interface Window {
    axe: { run(): Promise<AxeResults> };
    walkby: MemoryBackend;
  }
}

/** The instant at which every test happens. */
export const NOW = new Date('2026-11-21T09:30:00Z');
export const PASSWORD = 'lindenblatt-27';
export const WALKED = 'Lindenstraße 2–8';

export type Language = 'en' | 'de' | 'ru' | 'zh';
export type Theme = 'light' | 'dark' | 'contrast';

/** The page of the office, and what every test demands of it. */
export class OfficePage {
  constructor(readonly page: Page) {}

  /** Opens the page and shows the sign-in. */
  async open(options: { world?: 'empty'; language?: Language; theme?: Theme; hash?: string } = {}): Promise<void> {
    const { world, language = 'en', theme = 'light', hash = '' } = options;
    await this.page.addInitScript(
      ([words, look]) => {
        if (localStorage.getItem('walkby.language') !== null) return;
        localStorage.setItem('walkby.language', words);
        localStorage.setItem('walkby.theme', look);
      },
      [language, theme] as const,
    );
    await this.page.goto(`/memory.html${world === 'empty' ? '?world=empty' : ''}${hash}`);
    await this.page.locator('input[name=password]').waitFor();
  }

  async signIn(): Promise<void> {
    await this.page.locator('input[name=password]').fill(PASSWORD);
    await this.page.locator('form button[type=submit]').click();
    await this.page.locator('#content').waitFor();
  }

  /** Goes to a screen and waits for what it fetches. */
  async go(hash: string): Promise<void> {
    await this.page.evaluate((to) => {
      location.hash = to;
    }, hash);
    await expect(this.page.locator('#content h1')).toBeVisible();
    await this.settled();
  }

  async settled(): Promise<void> {
    await this.page.evaluate(() => document.fonts.ready);
    await expect(this.page.locator('[aria-busy=true]')).toHaveCount(0);
  }

  /** Does something to the server in memory. */
  async server<Argument>(work: (server: MemoryBackend, argument: Argument) => unknown, argument: Argument): Promise<void> {
    await this.page.evaluate(`(${work.toString()})(window.walkby, ${JSON.stringify(argument)})`);
  }

  /** Nothing is wider than the window. */
  async fits(): Promise<void> {
    const [content, window_] = await this.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect.soft(content).toBeLessThanOrEqual(window_ ?? 0);
  }

  /** No violation of axe's rules. */
  async accessible(): Promise<void> {
    if (!(await this.page.evaluate(() => 'axe' in window))) await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate(() => window.axe.run());
    expect.soft(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([]);
  }

  /** Nothing that is pressed is smaller than a finger. */
  async controlsOf48Pixels(): Promise<void> {
    expect.soft(await this.page.evaluate(smallControls)).toEqual([]);
  }

  async closeDialog(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await expect(this.page.getByRole('dialog')).toHaveCount(0);
  }

  heading(name: string): Locator {
    return this.page.getByRole('heading', { level: 1, name, exact: true });
  }

  /** The address of the line with a state, in the tour that is being walked. */
  async lineHash(state: string): Promise<string> {
    const [tour, line] = await this.page.evaluate(
      ([name, wanted]) => {
        const found = window.walkby.world.tours.find((tour) => tour.name === name);
        return [found?.id ?? '', found?.lines.find((line) => line.state === wanted)?.id ?? ''];
      },
      [WALKED, state] as const,
    );
    return `#/tours/${tour}/lines/${line}`;
  }

  async tourHash(name: string): Promise<string> {
    return this.page.evaluate((wanted) => `#/tours/${window.walkby.world.tours.find((tour) => tour.name === wanted)?.id}`, name);
  }

  /** The address of the one telegram that was encrypted and could be opened. */
  async gasTelegramHash(): Promise<string> {
    return this.page.evaluate(() => {
      const tour = window.walkby.world.tours.find((known) => known.name === 'Gartenstadt Nord');
      const line = tour?.lines.find((known) => known.medium === 'gas');
      return `#/tours/${tour?.id}/lines/${line?.id}/telegrams/${line?.telegram}`;
    });
  }

  async telegramHash(state: string): Promise<string> {
    const line = await this.lineHash(state);
    const id = await this.page.evaluate(
      (of) => window.walkby.world.tours.flatMap((tour) => tour.lines).find((line) => of.endsWith(line.id))?.telegram,
      line,
    );
    return `${line}/telegrams/${id}`;
  }
}

/** Every test also demands: no fault in the console, nothing that the policy forbids, no foreign request. */
export const test = base.extend<{ office: OfficePage }>({
  office: async ({ page, baseURL }, use) => {
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
    });
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${baseURL}/`) && !url.startsWith('data:')) faults.push(`foreign request: ${url}`);
    });
    await page.clock.install({ time: NOW });
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await use(new OfficePage(page));
    expect(faults).toEqual([]);
  },
});

export { expect };
