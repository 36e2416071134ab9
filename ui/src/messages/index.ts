export { catalogue, type MessageKey } from './catalogue';
export { language, preferredLanguage, setLanguage } from './language.svelte';
export { LANGUAGES, LANGUAGE_NAMES, defineMessages, type Catalogue, type Language, type Message } from './message';
export { isMessageKey, say, t } from './translate';
