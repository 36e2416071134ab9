import { expect, test as base, type Page } from '@playwright/test';
import { smallControls } from '@walkby/ui/testing';
import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import { missingPrograms, startServer, type RunningServer } from './programs';

declare global {
  interface Window {
    axe: { run(): Promise<AxeResults> };
  }
}

export { expect };

/** A file as a person chooses it. */
export function csv(name: string, rows: readonly string[], encoding: BufferEncoding = 'utf8'): { name: string; mimeType: string; buffer: Buffer } {
  return { name, mimeType: 'text/csv', buffer: Buffer.from(`${rows.join('\r\n')}\r\n`, encoding) };
}

/** Nothing is wider than the window, too small to press, or silent to a screen reader. */
export async function whole(page: Page): Promise<void> {
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
  expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect.soft(await page.evaluate(smallControls)).toEqual([]);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run());
  expect.soft(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([]);
}

/**
 * Every test has a server of its own, and demands: no fault in the console but those that were asked for, nothing that
 * the policy forbids, no request to anybody else.
 */
export const test = base.extend<{ server: RunningServer; expectedStatus: number[] }>({
  server: async ({}, use, { skip }) => {
    const missing = missingPrograms();
    if (missing !== undefined && process.env['CI'] === 'true') throw new Error(missing);
    skip(missing !== undefined, missing ?? '');
    const server = await startServer();
    await use(server);
    await server.stop();
  },
  /** The browser itself writes every refusal to the console; those of these statuses were asked for. */
  expectedStatus: async ({}, use) => use([]),
  page: async ({ page, server, expectedStatus }, use) => {
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      const status = Number(/the server responded with a status of (\d+)/.exec(message.text())?.[1]);
      if (!expectedStatus.includes(status)) faults.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(`${server.address}/`) && !request.url().startsWith('data:')) faults.push(`foreign request: ${request.url()}`);
    });
    await page.goto(`${server.address}/`);
    await use(page);
    expect(faults).toEqual([]);
  },
});
