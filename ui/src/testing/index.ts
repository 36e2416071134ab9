export { chromium } from './chromium';
export { smallControls } from './controls';
