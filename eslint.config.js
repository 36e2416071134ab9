import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

export default ts.config(
  // Scripts under `tests/` are bodies of functions that a WebDriver calls.
  { ignores: ['target*/**', 'tests/**', '**/dist/**', 'mobile/gen/**', '**/test-results/**', '**/playwright-report/**'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      // A fixture of Playwright must take a pattern, even where it needs nothing of it.
      'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // A meter's value is text: what a float has touched is no longer what the meter said.
      'no-restricted-globals': ['error', { name: 'parseFloat', message: 'Values are decimals as text; see @walkby/ui/format.' }],
      'no-restricted-properties': ['error', { object: 'Number', property: 'parseFloat', message: 'Values are decimals as text; see @walkby/ui/format.' }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: {
      // The content security policy has no 'unsafe-inline': a style attribute in markup would be dropped.
      // The directive `style:name={…}` sets the property through the CSSOM, which the policy allows.
      'no-restricted-syntax': [
        'error',
        { selector: 'SvelteAttribute[key.name="style"]', message: 'Use a class, or the directive style:name={…}.' },
      ],
      'svelte/no-at-html-tags': 'error',
    },
  },
);
