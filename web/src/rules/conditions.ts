/** Conditions as people edit them: a tree in which every node can be pointed at, read from and written to the API's JSON. */
import { type DateOperator, fieldOf, isMetadata, MONTHS, type Operator, SEASONS, TEXT_OPERATORS, WEEKDAYS } from './fields';

export type Json = unknown;
export type JsonObject = { readonly [key: string]: Json };

interface Known {
  /** Known on this page alone. */
  readonly id: number;
}

export interface Group extends Known {
  readonly type: 'and' | 'or';
  readonly parts: readonly Condition[];
}

export interface Negation extends Known {
  readonly type: 'not';
  readonly part: Condition;
}

export interface TagLeaf extends Known {
  readonly type: 'tag';
  readonly path: string;
  readonly exact: boolean;
}

export interface WordsLeaf extends Known {
  readonly type: 'words';
  readonly text: string;
  readonly phrase: boolean;
}

export interface RadiusLeaf extends Known {
  readonly type: 'radius';
  readonly lat: string;
  readonly lon: string;
  readonly km: string;
}

export interface BoxLeaf extends Known {
  readonly type: 'box';
  readonly south: string;
  readonly west: string;
  readonly north: string;
  readonly east: string;
}

export interface ConstantLeaf extends Known {
  readonly type: 'untagged' | 'always' | 'never';
}

/** A fact that is compared. What is typed stays text until it is written: half a number is no number yet. */
export interface FieldLeaf extends Known {
  readonly type: 'field';
  readonly field: string;
  readonly operator: Operator;
  readonly value: string;
  /** The other end of what lies between. */
  readonly value2: string;
  readonly several: readonly number[];
  readonly ignoreCase: boolean;
}

export type Leaf = TagLeaf | WordsLeaf | RadiusLeaf | BoxLeaf | ConstantLeaf | FieldLeaf;
export type Condition = Group | Negation | Leaf;

let last = 0;
export function fresh(): number {
  return ++last;
}

export function fieldLeaf(field: string, operator: Operator, more: Partial<Omit<FieldLeaf, 'type' | 'id' | 'field' | 'operator'>> = {}): FieldLeaf {
  return { id: fresh(), type: 'field', field, operator, value: '', value2: '', several: [], ignoreCase: true, ...more };
}

export function group(type: 'and' | 'or', parts: readonly Condition[]): Group {
  return { id: fresh(), type, parts };
}

export function negation(part: Condition): Negation {
  return { id: fresh(), type: 'not', part };
}

/** A condition of the API's JSON; null for what is none that this page knows how to show. */
export function read(json: Json): Condition | null {
  if (!isObject(json)) return null;
  for (const type of ['and', 'or'] as const) {
    if (!(type in json)) continue;
    const parts = Array.isArray(json[type]) ? json[type].map(read) : [null];
    return parts.every((part) => part !== null) ? group(type, parts) : null;
  }
  if ('not' in json) {
    const part = read(json.not);
    return part && negation(part);
  }
  return 'field' in json ? readField(json) : readLeaf(json);
}

function readLeaf(json: JsonObject): Condition | null {
  const id = fresh();
  if (typeof json.tag === 'string') return { id, type: 'tag', path: json.tag, exact: json.exact === true };
  if (typeof json.words === 'string') return { id, type: 'words', text: json.words, phrase: json.phrase === true };
  if (isObject(json.gps_radius)) {
    const { lat, lon, km } = json.gps_radius;
    return { id, type: 'radius', lat: typed(lat), lon: typed(lon), km: typed(km) };
  }
  if (isObject(json.gps_box)) {
    const { south, west, north, east } = json.gps_box;
    return { id, type: 'box', south: typed(south), west: typed(west), north: typed(north), east: typed(east) };
  }
  for (const type of ['untagged', 'always', 'never'] as const) {
    if (typeof json[type] !== 'boolean') continue;
    return json[type] ? { id, type } : negation({ id, type });
  }
  return null;
}

/** Several conditions of one node are several leaves, all of which are to be met. */
function readField(json: JsonObject): Condition | null {
  const field = typeof json.field === 'string' ? json.field : '';
  const kind = fieldOf(field)?.kind;
  if (!kind) return null;
  const found: Condition[] = [];
  if (typeof json.present === 'boolean') found.push(fieldLeaf(field, json.present ? 'known' : 'unknown'));
  const isNumeric = kind === 'number' || (isMetadata(field) && ('min' in json || 'max' in json || typeof json.equals === 'number'));
  if (isNumeric) found.push(...readNumbers(field, json));
  if (kind === 'text') found.push(...readTexts(field, json, isNumeric));
  if (kind === 'flag' && typeof json.equals === 'boolean') found.push(fieldLeaf(field, json.equals ? 'yes' : 'no'));
  if (kind === 'date') found.push(...readDates(field, json));
  return found.length > 1 ? group('and', found) : (found[0] ?? null);
}

function readTexts(field: string, json: JsonObject, isNumeric: boolean): FieldLeaf[] {
  const wanted = TEXT_OPERATORS.filter((operator) => typeof json[operator] === 'string' && !(isNumeric && operator === 'equals'));
  return wanted.map((operator) => fieldLeaf(field, operator, { value: String(json[operator]), ignoreCase: json.ignore_case === true }));
}

function readNumbers(field: string, json: JsonObject): FieldLeaf[] {
  const found: FieldLeaf[] = [];
  if ('equals' in json) found.push(fieldLeaf(field, 'is', { value: typed(json.equals) }));
  if ('min' in json && 'max' in json) found.push(fieldLeaf(field, 'between', { value: typed(json.min), value2: typed(json.max) }));
  else if ('min' in json) found.push(fieldLeaf(field, 'min', { value: typed(json.min) }));
  else if ('max' in json) found.push(fieldLeaf(field, 'max', { value: typed(json.max) }));
  return found;
}

function readDates(field: string, json: JsonObject): FieldLeaf[] {
  const found: FieldLeaf[] = [];
  for (const part of ['year', 'month', 'season', 'weekday'] as const) {
    if (!(part in json)) continue;
    const values = Array.isArray(json[part]) ? json[part] : [json[part]];
    if (part === 'year') found.push(fieldLeaf(field, part, { value: values.map(typed).join(', ') }));
    else found.push(fieldLeaf(field, part, { several: values.map((value) => numbered(part, value)).filter((value) => value !== null) }));
  }
  for (const range of ['date_range', 'time_range'] as const) {
    if (isObject(json[range])) found.push(fieldLeaf(field, range, { value: typed(json[range].from), value2: typed(json[range].to) }));
  }
  return found;
}

/** The names of a part of a date, and the number of the first. */
const NAMES = { month: [MONTHS, 1], season: [SEASONS, 0], weekday: [WEEKDAYS, 1] } as const;

function numbered(part: 'month' | 'season' | 'weekday', value: Json): number | null {
  const [names, first] = NAMES[part];
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  const lowered = value.toLowerCase() === 'fall' ? 'autumn' : value.toLowerCase();
  const at = names.findIndex((name) => name === lowered || (part !== 'season' && lowered.length === 3 && name.startsWith(lowered)));
  return at < 0 ? null : at + first;
}

/** The API's JSON of a condition. What was typed and is no number is written as it is, so that the server can say so. */
export function write(condition: Condition): JsonObject {
  switch (condition.type) {
    case 'and':
    case 'or':
      return { [condition.type]: condition.parts.map(write) };
    case 'not':
      return { not: write(condition.part) };
    case 'tag':
      return condition.exact ? { tag: condition.path, exact: true } : { tag: condition.path };
    case 'words':
      return condition.phrase ? { words: condition.text, phrase: true } : { words: condition.text };
    case 'radius':
      return { gps_radius: { lat: numeric(condition.lat), lon: numeric(condition.lon), km: numeric(condition.km) } };
    case 'box':
      return { gps_box: { south: numeric(condition.south), west: numeric(condition.west), north: numeric(condition.north), east: numeric(condition.east) } };
    case 'field':
      return { field: condition.field, ...writeField(condition) };
    default:
      return { [condition.type]: true };
  }
}

function writeField(leaf: FieldLeaf): JsonObject {
  const { operator, value, value2 } = leaf;
  switch (operator) {
    case 'known':
    case 'unknown':
      return { present: operator === 'known' };
    case 'yes':
    case 'no':
      return { equals: operator === 'yes' };
    case 'is':
      return { equals: numeric(value) };
    case 'min':
    case 'max':
      return { [operator]: numeric(value) };
    case 'between':
      return { min: numeric(value), max: numeric(value2) };
    case 'year':
      return { year: value.split(/[\s,;]+/).filter(Boolean).map(numeric) };
    case 'month':
    case 'season':
    case 'weekday':
      return { [operator]: leaf.several.map((one) => writePart(operator, one)) };
    case 'date_range':
    case 'time_range':
      return { [operator]: { from: value || null, to: value2 || null } };
    default:
      return { [operator]: value, ...(leaf.ignoreCase ? { ignore_case: true } : {}) };
  }
}

function writePart(part: Extract<DateOperator, 'month' | 'season' | 'weekday'>, value: number): Json {
  return part === 'season' ? (SEASONS[value] ?? value) : value;
}

/** The node with this id replaced by what `change` makes of it; null takes it out. Groups that are left empty go as well. */
export function changed(condition: Condition, id: number, change: (old: Condition) => Condition | null): Condition | null {
  if (condition.id === id) return change(condition);
  if (condition.type === 'not') {
    const part = changed(condition.part, id, change);
    return part === condition.part ? condition : part && { ...condition, part };
  }
  if (condition.type !== 'and' && condition.type !== 'or') return condition;
  const parts = condition.parts.map((part) => changed(part, id, change)).filter((part) => part !== null);
  if (parts.length === condition.parts.length && parts.every((part, index) => part === condition.parts[index])) return condition;
  return parts.length > 0 ? { ...condition, parts } : null;
}

/** Whether all that has to be typed or chosen is there. */
export function isComplete(condition: Condition): boolean {
  switch (condition.type) {
    case 'and':
    case 'or':
      return condition.parts.length > 0 && condition.parts.every(isComplete);
    case 'not':
      return isComplete(condition.part);
    case 'tag':
      return condition.path !== '';
    case 'words':
      return condition.text.trim() !== '';
    case 'radius':
      return [condition.lat, condition.lon, condition.km].every((text) => text.trim() !== '');
    case 'box':
      return [condition.south, condition.west, condition.north, condition.east].every((text) => text.trim() !== '');
    case 'field':
      return isFieldComplete(condition);
    default:
      return true;
  }
}

function isFieldComplete({ field, operator, value, value2, several }: FieldLeaf): boolean {
  if (/^\w+\.$/.test(field)) return false;
  if (['known', 'unknown', 'yes', 'no'].includes(operator)) return true;
  if (['month', 'season', 'weekday'].includes(operator)) return several.length > 0;
  if (operator === 'between' || operator === 'time_range') return value !== '' && value2 !== '';
  if (operator === 'date_range') return value !== '' || value2 !== '';
  return value.trim() !== '';
}

function isObject(json: Json): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function typed(value: Json): string {
  return value === null || value === undefined ? '' : String(value);
}

/** A number as people type it, also as a fraction (`1/200`) or with a comma; else the text itself. */
export function numeric(text: string): number | string {
  const trimmed = text.trim().replace(',', '.');
  const fraction = /^(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)$/.exec(trimmed);
  if (fraction && Number(fraction[2]) !== 0) return Number(fraction[1]) / Number(fraction[2]);
  return trimmed !== '' && Number.isFinite(Number(trimmed)) ? Number(trimmed) : text;
}
