/** What the editor may choose, read from whatever it sends: what is not there or no choice counts as the default. */

/** When contracts are verified: after each pause in typing, when a file is opened or saved, or never. */
export type When = (typeof WHENS)[number];

export const WHENS = ['onType', 'onSave', 'off'] as const;
export const WHEN_DEFAULT: When = 'onType';

/** The section of the settings that is asked for. */
export const SECTION = 'ccl';

/** From the value of the section: `{ "verify": { "when": "onSave" } }`. */
export function whenOf(section: unknown): When {
  const when = fieldOf(fieldOf(section, 'verify'), 'when');
  return WHENS.find((each) => each === when) ?? WHEN_DEFAULT;
}

/** The section in all settings, which some editors send as a whole. */
export function sectionOf(settings: unknown): unknown {
  return fieldOf(settings, SECTION);
}

/** Whether the editor can show a run by itself, when its command gives the text. */
export function showsRuns(options: unknown): boolean {
  return fieldOf(options, 'showsRuns') === true;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
