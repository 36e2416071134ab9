/** What the user may choose; `system` follows the operating system. */
export const THEME_CHOICES = ['system', 'light', 'dark', 'contrast'] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];

/** What is drawn. */
export type Theme = Exclude<ThemeChoice, 'system'>;

const chosen = $state<{ choice: ThemeChoice }>({ choice: 'system' });

const asks = (query: string): boolean => globalThis.matchMedia?.(query).matches ?? false;

/** Resolves a choice to what is drawn. */
export function resolveTheme(choice: ThemeChoice, wants: (query: string) => boolean = asks): Theme {
  if (choice !== 'system') return choice;
  if (wants('(prefers-contrast: more)')) return 'contrast';
  return wants('(prefers-color-scheme: dark)') ? 'dark' : 'light';
}

/** The choice of now; a component that reads it follows it. */
export function themeChoice(): ThemeChoice {
  return chosen.choice;
}

/** Chooses a theme and draws it. */
export function setTheme(choice: ThemeChoice): void {
  chosen.choice = choice;
  document.documentElement.dataset['theme'] = resolveTheme(choice);
}

/** Draws the chosen theme again whenever the system changes its mind. Returns what ends that. */
export function followSystemTheme(): () => void {
  const queries = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'].map((query) => matchMedia(query));
  const draw = (): void => setTheme(chosen.choice);
  for (const query of queries) query.addEventListener('change', draw);
  return () => {
    for (const query of queries) query.removeEventListener('change', draw);
  };
}
