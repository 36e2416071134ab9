export { chromium } from './chromium';
