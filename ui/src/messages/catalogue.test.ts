import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { catalogue, parts } from './catalogue';
import { LANGUAGES, type Message, type Template } from './message';

const messages = Object.entries<Message>(catalogue);
const texts = (template: Template): string[] => (typeof template === 'string' ? [template] : Object.values(template));
const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();

describe('the catalogue', () => {
  test('has words', () => {
    expect(messages.length).toBeGreaterThan(50);
  });

  test('says every message in every language', () => {
    const silent = messages.flatMap(([key, message]) =>
      LANGUAGES.filter((language) => {
        const template = message[language] as Template | undefined;
        return template === undefined || texts(template).some((text) => text.trim() === '');
      }).map((language) => `${key} (${language})`),
    );
    expect(silent).toEqual([]);
  });

  test('uses the same placeholders in every language', () => {
    const differing = messages.flatMap(([key, message]) => {
      const wanted = new Set(texts(message.en).flatMap(placeholders));
      return LANGUAGES.flatMap((language) =>
        texts(message[language])
          // A plural form such as "one meter" may leave the number out, but nothing else.
          .filter((text) => {
            const found = new Set(placeholders(text));
            if (typeof message[language] !== 'string') found.add('count');
            if (typeof message.en !== 'string' && typeof message[language] !== 'string') wanted.add('count');
            return found.size !== wanted.size || [...found].some((name) => !wanted.has(name));
          })
          .map((text) => `${key} (${language}): ${text}`),
      );
    });
    expect(differing).toEqual([]);
  });

  test('has the plural forms that each language needs', () => {
    const lacking = messages.flatMap(([key, message]) =>
      LANGUAGES.flatMap((language) => {
        const template = message[language];
        if (typeof template === 'string') return [];
        const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
        return needed.filter((form) => template[form] === undefined).map((form) => `${key} (${language}): ${form}`);
      }),
    );
    expect(lacking).toEqual([]);
  });

  test('writes no key twice', () => {
    const keys = Object.values(parts).flatMap((part) => Object.keys(part));
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  test('has words for every alarm that the decoder knows', () => {
    const source = readFileSync(fileURLToPath(new URL('../../../radio-core/wmbus/src/profiles/alarm.rs', import.meta.url)), 'utf8');
    const codes = [...(/enum AlarmCode \{(.*?)\n {4}\}/s.exec(source)?.[1] ?? '').matchAll(/= "(\w+)"/g)].map((match) => match[1] ?? '');
    expect(codes).toContain('leak');
    expect(codes.filter((code) => !(`alarm.${code}` in catalogue))).toEqual([]);
  });

  test('has words for everything that the decoder finds odd about a telegram', () => {
    const source = readFileSync(fileURLToPath(new URL('../../../radio-core/wmbus/src/telegram/error.rs', import.meta.url)), 'utf8');
    const names = /impl Warning \{.*?fn as_str(.*?)\n {4}\}/s.exec(source)?.[1] ?? '';
    const codes = [...names.matchAll(/=> "(\w+)"/g)].map((match) => match[1] ?? '');
    expect(codes).toContain('payload_crc');
    expect(codes.filter((code) => !(`warning.${code}` in catalogue))).toEqual([]);
  });

  test('holds no message that neither face says', () => {
    const roots = ['../', '../../../mobile/ui/src/', '../../../sync-server/page/src/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
    const sources = roots
      .flatMap((root) => readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path) => root + path))
      .filter((path) => /\.(svelte|ts)$/.test(path) && !path.includes('/messages/') && !path.endsWith('.test.ts'))
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n');
    // Codes of engine and server are put behind a prefix: `say('state', code)`, t(`state.${code}`).
    const prefixes = [...sources.matchAll(/(?:say|sayIfKnown|sayUsual)\('(\w+)'|prefix: '(\w+)' \| '(\w+)'|`(\w+)\.(?:\w*_)?\$\{/g)].flatMap((match) => match.slice(1));
    const silent = Object.keys(catalogue).filter((key) => !sources.includes(`'${key}'`) && !prefixes.includes(key.slice(0, key.indexOf('.'))));
    expect(silent).toEqual([]);
  });
});
