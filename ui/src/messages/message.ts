import { formatCount } from '../format/number';

/** The languages that both faces speak. */
export const LANGUAGES = ['en', 'de', 'ru', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** How each language calls itself; never translated. */
export const LANGUAGE_NAMES: Record<Language, string> = {
  en: 'English',
  de: 'Deutsch',
  ru: 'Русский',
  zh: '中文',
};

/** A text whose words change with the number `count`. */
export type PluralForms = { readonly other: string } & { readonly [rule in Intl.LDMLPluralRule]?: string };

/** A text in one language: words with `{placeholders}`, or one such text for each plural form. */
export type Template = string | PluralForms;

/** A text in every language. A language that is missing does not compile. */
export type Message = { readonly [language in Language]: Template };

/** Messages by key; the one format in which all words of both faces are written. */
export type Catalogue = { readonly [key: string]: Message };

/** Keeps the literal types, from which the parameters of each message are known. */
export function defineMessages<const C extends Catalogue>(messages: C): C {
  return messages;
}

type Placeholders<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never;
type TextsOf<T> = T extends string ? T : T extends PluralForms ? T[keyof T] : never;

/** The names of the parameters of a message, read from its English text. */
export type ParametersOf<M extends Message> = Placeholders<TextsOf<M['en']>> | (M['en'] extends string ? never : 'count');

/** The arguments after the key: none for a message without placeholders. */
export type Arguments<M extends Message> = [ParametersOf<M>] extends [never]
  ? []
  : [parameters: Readonly<Record<ParametersOf<M>, string | number>>];

const rules = new Map<Language, Intl.PluralRules>();

/** Chooses the plural form for `count`. */
export function pluralForm(language: Language, forms: PluralForms, count: number): string {
  let rule = rules.get(language);
  if (rule === undefined) {
    rule = new Intl.PluralRules(language);
    rules.set(language, rule);
  }
  return forms[rule.select(count)] ?? forms.other;
}

/** Fills a text. Numbers are written in the manner of the language; a parameter that is not given stays visible. */
export function fill(
  language: Language,
  template: Template,
  parameters: Readonly<Record<string, string | number>> = {},
): string {
  const text =
    typeof template === 'string' ? template : pluralForm(language, template, Number(parameters['count'] ?? 0));
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = parameters[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? formatCount(value, language) : value;
  });
}
