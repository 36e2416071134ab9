import { LANGUAGES, type Language } from './message';

const chosen = $state<{ language: Language }>({ language: 'en' });

/** The language in which everything is shown now. Reading it in a component makes the component follow it. */
export function language(): Language {
  return chosen.language;
}

/** Switches the language, and says so to screen readers through the document's `lang`. */
export function setLanguage(next: Language): void {
  chosen.language = next;
  if (typeof document !== 'undefined') document.documentElement.lang = next === 'zh' ? 'zh-Hans' : next;
}

/** The first of the wanted languages (such as `navigator.languages`) that we speak. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const primary = tag.toLowerCase().split('-')[0];
    const spoken = LANGUAGES.find((known) => known === primary);
    if (spoken !== undefined) return spoken;
  }
  return 'en';
}
