export { default as Button } from './components/Button.svelte';
export { default as Checkbox } from './components/Checkbox.svelte';
export { default as Choice } from './components/Choice.svelte';
export { default as EmptyState } from './components/EmptyState.svelte';
export { default as Field } from './components/Field.svelte';
export { default as Icon } from './components/Icon.svelte';
export { type IconName } from './components/icons';
export { default as LanguageSwitch } from './components/LanguageSwitch.svelte';
export { default as Notice } from './components/Notice.svelte';
export { default as PasswordField } from './components/PasswordField.svelte';
export { default as Plot } from './components/Plot.svelte';
export { type PlotPoint } from './components/plot';
export { default as ProgressBar } from './components/ProgressBar.svelte';
export { default as Select } from './components/Select.svelte';
export { default as Sheet } from './components/Sheet.svelte';
export { default as StateBadge } from './components/StateBadge.svelte';
export { default as TelegramExplained } from './components/TelegramExplained.svelte';
export { default as ThemeSwitch } from './components/ThemeSwitch.svelte';
export { default as Toasts } from './components/Toasts.svelte';
export { sayToast } from './components/toasts.svelte';
export { default as Toggle } from './components/Toggle.svelte';
export { default as VirtualList } from './components/VirtualList.svelte';
export * from './format';
export * from './messages';
export * from './model';
export {
  THEME_CHOICES,
  followSystemTheme,
  resolveTheme,
  setTheme,
  themeChoice,
  type Theme,
  type ThemeChoice,
} from './theme/theme.svelte';
export { readDaysAndHours, sayDaysAndHours, sayFloor, sayUsual } from './words';
