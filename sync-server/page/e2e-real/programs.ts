import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** The programs under test, by environment variable. */
const PROGRAMS = { WALKBY_SERVER: 'walkby-server', WALKBY_FIELD: 'walkby-field' } as const;

/** What is missing of the programs, in words; undefined when all are there. */
export function missingPrograms(): string | undefined {
  const missing = Object.entries(PROGRAMS).filter(([variable]) => !existsSync(process.env[variable] ?? ''));
  if (missing.length === 0) return undefined;
  return missing.map(([variable, program]) => `set ${variable} to the path of ${program}`).join('; ');
}

const path = (variable: keyof typeof PROGRAMS): string => process.env[variable] ?? '';

export const PASSWORD = 'correct horse battery staple';

/** A server that runs, with a database of its own. */
export interface RunningServer {
  readonly address: string;
  readonly folder: string;
  stop(): Promise<void>;
}

/** Starts a server on a free port; it is ready when it says where it listens. */
export async function startServer(): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), 'walkby-office-'));
  const server = spawn(path('WALKBY_SERVER'), ['--listen', '127.0.0.1:0', '--database', `sqlite:${join(folder, 'walkby.db')}`, '--log', 'warn'], {
    env: { ...process.env, WALKBY_ADMIN_PASSWORD: PASSWORD },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((done) => server.once('exit', () => done()));
  const address = await new Promise<string>((found, failed) => {
    server.once('exit', (code) => failed(new Error(`walkby-server ended with ${code}`)));
    createInterface(server.stdout).on('line', (line) => {
      const said = /^listening on (\S+)$/.exec(line)?.[1];
      if (said !== undefined) found(said);
    });
  });
  return {
    address,
    folder,
    async stop() {
      server.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

const run = promisify(execFile);

/** A handheld without a window. */
export class Handheld {
  constructor(private readonly folder: string) {}

  async do(...verb: string[]): Promise<string> {
    const { stdout } = await run(path('WALKBY_FIELD'), ['--store', this.folder, ...verb], {
      env: { ...process.env, WALKBY_PASSPHRASE: 'only for this test' },
    });
    return stdout;
  }

  pair(address: string, code: string, name: string): Promise<string> {
    return this.do('pair', address, '--code', code, '--name', name);
  }

  /** Walks past the senders of these frames. */
  async walk(frames: readonly string[]): Promise<void> {
    const recording = `${this.folder}.recording`;
    await writeFile(recording, `${frames.join('\n')}\n`);
    await this.do('walk', '--replay', recording, '--as-fast');
  }
}
