/** What a condition can be about: a tag, words, a place, or a field, by the names that the list of choices has. */
import { fieldLeaf, fresh, type Leaf } from './conditions';
import { fieldOf, isMetadata, operatorsOf } from './fields';

export const TAGS = ['tag', 'untagged', 'words'] as const;
export const OTHERS = ['always', 'never'] as const;

export function subjectOf(leaf: Leaf): string {
  if (leaf.type !== 'field') return leaf.type;
  return isMetadata(leaf.field) ? 'metadata' : leaf.field;
}

/** A condition about something else; what was typed stays where it means the same. */
export function asked(subject: string, before: Leaf): Leaf {
  const id = fresh();
  switch (subject) {
    case 'tag':
      return { id, type: 'tag', path: '', exact: false };
    case 'words':
      return { id, type: 'words', text: '', phrase: false };
    case 'radius':
      return { id, type: 'radius', lat: '', lon: '', km: '10' };
    case 'box':
      return { id, type: 'box', south: '', west: '', north: '', east: '' };
    case 'untagged':
    case 'always':
    case 'never':
      return { id, type: subject };
  }
  const field = subject === 'metadata' ? 'exif.' : subject;
  const operators = operatorsOf(field);
  if (before.type !== 'field' || fieldOf(before.field)?.kind !== fieldOf(field)?.kind || fieldOf(field)?.values) return fieldLeaf(field, operators[0]!);
  const { operator, value, value2, several, ignoreCase } = before;
  return fieldLeaf(field, operators.includes(operator) ? operator : operators[0]!, { value, value2, several, ignoreCase });
}
