import { demoWorld } from './backend/memory/demo';
import { MemoryBackend } from './backend/memory/memory-backend';
import { emptyWorld } from './backend/memory/world';
import { open } from './open';

declare global {
  interface Window {
    /** The server in memory, for tests and for trying the page from the console. */
    walkby: MemoryBackend;
  }
}

const world = location.search === '?world=empty' ? emptyWorld() : demoWorld(Date.now());
window.walkby = new MemoryBackend(world, () => Date.now());
open(window.walkby);
