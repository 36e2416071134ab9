import { isMessageKey, say } from '../messages';
import type { TelegramExplanation, TelegramPart } from '../model';

/** A part with its bytes, and the pieces of it. */
export interface ExplainedPart {
  readonly part: TelegramPart;
  /** The bytes in pairs: `0C 14 27`. */
  readonly bytes: string;
  readonly pieces: readonly ExplainedPart[];
}

/** The parts of one layer that follow one another. */
export interface ExplainedLayer {
  readonly layer: string;
  readonly of: TelegramPart['of'];
  readonly parts: readonly ExplainedPart[];
}

/** What the field is, in the language of the reader; empty where the decoder's sentence must do. */
export function nameOf({ field, text }: TelegramPart): string {
  // The standard calls three fields A.
  const [, told] = field === 'A' ? (/^(identification|version|device type)/.exec(text) ?? []) : [];
  const code = told?.replace(' ', '_') ?? field;
  if (isMessageKey(`part.${code}`)) return say('part', code);
  return isMessageKey(`quantity.${field}`) ? say('quantity', field) : '';
}

/** Cuts bytes out of hexadecimal text, in pairs. What lies outside is left out. */
export function bytesOf(hex: string, offset: number, length: number): string {
  return hex
    .slice(offset * 2, (offset + length) * 2)
    .replace(/(..)(?=.)/g, '$1 ')
    .toUpperCase();
}

/** Joins the flat list of parts into layers with nested pieces. */
export function layersOf(explanation: TelegramExplanation): ExplainedLayer[] {
  const layers: { layer: string; of: TelegramPart['of']; parts: (ExplainedPart & { pieces: ExplainedPart[] })[] }[] = [];
  for (const part of explanation.parts) {
    const hex = part.of === 'plain' ? (explanation.plain_hex ?? '') : explanation.hex;
    const explained = { part, bytes: bytesOf(hex, part.offset, part.length), pieces: [] as ExplainedPart[] };
    const last = layers.at(-1);
    const before = last?.parts.at(-1);
    if (part.depth > 0 && before !== undefined) before.pieces.push(explained);
    else if (last !== undefined && last.layer === part.layer && last.of === part.of) last.parts.push(explained);
    else layers.push({ layer: part.layer, of: part.of, parts: [explained] });
  }
  return layers;
}
