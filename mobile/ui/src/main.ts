import '@walkby/ui/theme.css';
import './app.css';
import { followSystemTheme, preferredLanguage, setLanguage, setTheme } from '@walkby/ui';
import { mount } from 'svelte';
import App from './App.svelte';
import type { Backend } from './backend/backend';
import { Engine } from './state/engine.svelte';
import { followAddress } from './state/router.svelte';
import { deviceSignal } from './state/signal';

/** The real engine inside the app; in a plain browser one that lives in memory. */
async function chooseBackend(): Promise<Backend> {
  if ('__TAURI_INTERNALS__' in window) return (await import('./backend/tauri')).tauri;
  return (await import('./backend/memory')).memoryFrom(location.search);
}

// Before the store is open, the system says how it is to look and speak.
setTheme('system');
setLanguage(preferredLanguage(navigator.languages));
followSystemTheme();
followAddress();

const target = document.querySelector('#app');
if (target === null) throw new Error('index.html has no #app');
mount(App, { target, props: { engine: new Engine(await chooseBackend(), deviceSignal()) } });
