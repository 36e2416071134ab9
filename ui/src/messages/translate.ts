import { catalogue, type MessageKey } from './catalogue';
import { language } from './language.svelte';
import { fill, type Arguments, type Message } from './message';

/** Says a message in the language of now. Reactive where it is read in a component. */
export function t<K extends MessageKey>(key: K, ...parameters: Arguments<(typeof catalogue)[K]>): string {
  const message: Message = catalogue[key];
  return fill(language(), message[language()], parameters[0]);
}

/** Whether there is a message of this key; for words that come from outside, such as a code of a newer server. */
export function isMessageKey(key: string): key is MessageKey {
  return Object.hasOwn(catalogue, key);
}

/** Says the message `prefix.code`, or the code itself where this version has no words for it. */
export function say(prefix: string, code: string): string {
  const key = `${prefix}.${code}`;
  if (!isMessageKey(key)) return code;
  const message: Message = catalogue[key];
  return fill(language(), message[language()]);
}
