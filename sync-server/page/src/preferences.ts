import {
  LANGUAGES,
  THEME_CHOICES,
  followSystemTheme,
  preferredLanguage,
  setLanguage,
  setTheme,
  type Language,
  type ThemeChoice,
} from '@walkby/ui';

const LANGUAGE = 'walkby.language';
const THEME = 'walkby.theme';

/** Takes up the language and the theme that were chosen in this browser, or what it prefers. */
export function restorePreferences(): void {
  const language = LANGUAGES.find((known) => known === kept(LANGUAGE));
  setLanguage(language ?? preferredLanguage(navigator.languages));
  setTheme(THEME_CHOICES.find((known) => known === kept(THEME)) ?? 'system');
  followSystemTheme();
}

export function keepLanguage(language: Language): void {
  keep(LANGUAGE, language);
}

export function keepTheme(theme: ThemeChoice): void {
  keep(THEME, theme);
}

// A browser may forbid the store; then the choice lasts as long as the page.

function kept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    return;
  }
}
