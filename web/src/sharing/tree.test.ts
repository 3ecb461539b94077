/** Trees of holders keep everybody, whatever a list says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countPeople, everybody, grown, type Holder, named } from './tree';

const holder = (id: string, parent: string | null): Holder => ({
  id, parent, actor: `@${id}@x.test`, name: id, via: null, depth: 0, originals: true, pictures: 1, created_at: '2026-01-01T00:00:00Z', last_access: null,
});

describe('holders', () => {
  it('stand under whom they have it from', () => {
    const tree = grown([holder('bob', null), holder('carol', 'bob'), holder('dan', 'carol'), holder('eve', 'bob')]);
    expect(tree.map((one) => one.holder.id)).toEqual(['bob']);
    expect(tree[0]!.below.map((one) => one.holder.id)).toEqual(['carol', 'eve']);
    expect(everybody(tree[0]!.below[0]!).map((one) => one.id)).toEqual(['carol', 'dan']);
  });

  it('are all there, once, even in rings', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const one = fc.record({ id: fc.constantFrom(...ids), parent: fc.option(fc.constantFrom(...ids, 'nobody'), { nil: null }) });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), (list) => {
        const all = grown(list.map(({ id, parent }) => holder(id, parent))).flatMap(everybody);
        expect(all.map(({ id }) => id).sort()).toEqual([...new Set(list.map(({ id }) => id))].sort());
      }),
    );
  });

  it('are named as far as there is room', () => {
    const all = ['bob', 'carol', 'dan'].map((id) => holder(id, null));
    expect(named(all, 2)).toEqual({ names: ['bob', 'carol'], more: 1 });
    expect(countPeople([...all, holder('bob', 'carol')])).toBe(3);
  });
});
