import { isMessageKey, say } from '@walkby/ui';

/** Says a medium in words; a tour may call it `cold water` or `cold_water`, or something of its own. */
export function sayMedium(medium: string): string {
  const code = medium.trim().toLowerCase().replaceAll(' ', '_');
  return isMessageKey(`medium.${code}`) ? say('medium', code) : medium;
}

/** Says what stands after `prefix.`, or nothing where there are no words for it. */
export function sayIfKnown(prefix: string, code: string): string | undefined {
  return isMessageKey(`${prefix}.${code}`) ? say(prefix, code) : undefined;
}
