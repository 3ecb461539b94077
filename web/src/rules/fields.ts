/** What conditions can ask of a picture: the names of facts, what they are, and how they are compared. */

export type FieldKind = 'text' | 'number' | 'flag' | 'date' | 'place';

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly group: FieldGroup;
  /** The values it has, where these are few and fixed. */
  readonly values?: readonly string[];
  /** What a number counts: shown behind it. */
  readonly unit?: string;
}

export type FieldGroup = 'time' | 'camera' | 'place' | 'file' | 'words' | 'origin';
export const GROUPS: readonly FieldGroup[] = ['time', 'camera', 'place', 'file', 'words', 'origin'];

function fields(group: FieldGroup, kind: FieldKind, ...names: readonly string[]): Field[] {
  return names.map((name) => ({ name, kind, group }));
}

export const FIELDS: readonly Field[] = [
  ...fields('time', 'date', 'captured_at', 'ingested_at', 'edited_at'),
  ...fields('camera', 'text', 'camera', 'camera_make', 'camera_model', 'lens'),
  ...fields('camera', 'number', 'iso', 'aperture'),
  { name: 'focal_length', kind: 'number', group: 'camera', unit: 'mm' },
  { name: 'exposure', kind: 'number', group: 'camera', unit: 's' },
  ...fields('place', 'place', 'gps'),
  { name: 'latitude', kind: 'number', group: 'place', unit: '°' },
  { name: 'longitude', kind: 'number', group: 'place', unit: '°' },
  { name: 'altitude', kind: 'number', group: 'place', unit: 'm' },
  ...fields('place', 'text', 'country', 'city'),
  ...fields('file', 'text', 'filename', 'media_type'),
  { name: 'kind', kind: 'text', group: 'file', values: ['image', 'video', 'raw', 'other'] },
  { name: 'state', kind: 'text', group: 'file', values: ['processing', 'ready', 'failed'] },
  { name: 'size', kind: 'number', group: 'file', unit: 'B' },
  { name: 'width', kind: 'number', group: 'file', unit: 'px' },
  { name: 'height', kind: 'number', group: 'file', unit: 'px' },
  { name: 'megapixels', kind: 'number', group: 'file', unit: 'MP' },
  ...fields('file', 'number', 'aspect', 'orientation'),
  { name: 'duration', kind: 'number', group: 'file', unit: 's' },
  ...fields('file', 'text', 'color'),
  ...fields('words', 'text', 'title', 'description', 'creator'),
  ...fields('words', 'number', 'rating'),
  ...fields('origin', 'text', 'owner', 'sender', 'shared', 'batch'),
  ...fields('origin', 'flag', 'owned', 'edited', 'trash'),
];

const BY_NAME = new Map(FIELDS.map((field) => [field.name, field]));

/** Metadata of the file: `exif.LensModel`, `xmp.dc.subject`, `iptc.City`. */
export function isMetadata(name: string): boolean {
  return /^(exif|xmp|iptc)\./.test(name);
}

/** The field of a name; null where there is none such. Metadata is text, and takes numbers as well. */
export function fieldOf(name: string): Field | null {
  return BY_NAME.get(name) ?? (isMetadata(name) ? { name, kind: 'text', group: 'file' } : null);
}

export const TEXT_OPERATORS = ['contains', 'equals', 'starts_with', 'ends_with', 'glob', 'regex'] as const;
export const NUMBER_OPERATORS = ['min', 'max', 'between', 'is'] as const;
export const DATE_OPERATORS = ['year', 'month', 'season', 'weekday', 'date_range', 'time_range'] as const;
export const PRESENCE = ['known', 'unknown'] as const;

export type TextOperator = (typeof TEXT_OPERATORS)[number];
export type NumberOperator = (typeof NUMBER_OPERATORS)[number];
export type DateOperator = (typeof DATE_OPERATORS)[number];
export type Operator = TextOperator | NumberOperator | DateOperator | (typeof PRESENCE)[number] | 'yes' | 'no';

/** What can be asked of a field, the most usual first. */
export function operatorsOf(name: string): readonly Operator[] {
  const field = fieldOf(name);
  if (!field) return [];
  if (isMetadata(name)) return [...TEXT_OPERATORS, 'min', 'max', 'between', 'is', ...PRESENCE];
  if (field.values) return ['equals', ...PRESENCE];
  if (field.kind === 'text') return [...TEXT_OPERATORS, ...PRESENCE];
  if (field.kind === 'number') return [...NUMBER_OPERATORS, ...PRESENCE];
  if (field.kind === 'date') return [...DATE_OPERATORS, ...PRESENCE];
  return field.kind === 'flag' ? ['yes', 'no'] : [...PRESENCE];
}

export const SEASONS = ['winter', 'spring', 'summer', 'autumn'] as const;
export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'] as const;
