import { mount } from 'svelte';
import App from './App.svelte';
import type { OfficeBackend } from './backend/backend';
import { restorePreferences } from './preferences';
import './office.css';

/** Puts the page into the document. */
export function open(backend: OfficeBackend): void {
  const target = document.getElementById('app');
  if (target === null) throw new Error('the document has no #app');
  restorePreferences();
  mount(App, { target, props: { backend } });
}
