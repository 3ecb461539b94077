/** Nodes keep what they say through the editor, and none is lost by moving it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changed, type EditNode, find, mayHold, movedInto, movedOut, newNode, NODE_KINDS, readConfig, writeConfig } from './nodes';

const CONFIG = {
  naming: 'date',
  deletion: 'full_delete',
  nodes: [
    { id: 'a', type: 'mirror', name: 'Trips', root: '/Travel', keep_dir: true, collapsed: ['/Travel/Hotels'], exclude: ['/Travel/Work'], max_depth: 2 },
    {
      ...{ id: 'b', type: 'query', name: 'Best', all: ['/Best'], any: ['/Sea'], none: [], untagged: false },
      ...{ write: { add: ['/Best'], remove: ['/Best'] }, children: [] },
    },
    { id: 'c', type: 'static', name: 'More', children: [{ id: 'd', type: 'drop', name: 'Inbox', tags: ['/In'] }] },
  ],
};

const { nodes } = fc.letrec<{ nodes: EditNode[] }>((tie) => ({
  nodes: fc.oneof(
    { maxDepth: 4 },
    fc.constant<EditNode[]>([]),
    fc.array(
      fc.tuple(fc.constantFrom(...NODE_KINDS), tie('nodes')).map(([type, children]) => newNode(type, mayHold(type) ? { children } : {})),
      { maxLength: 4 },
    ),
  ),
}));

function keys(all: readonly EditNode[]): number[] {
  return all.flatMap((node) => [node.key, ...keys(node.children)]);
}

describe('nodes', () => {
  test('what is read is written again', () => {
    expect(writeConfig(readConfig(CONFIG))).toEqual(CONFIG);
  });

  test('moving loses and doubles none', () => {
    fc.assert(
      fc.property(nodes, fc.nat(), fc.nat(), (all, one, other) => {
        const before = keys(all);
        if (before.length === 0) return;
        const [key, to] = [before[one % before.length]!, before[other % before.length]!];
        for (const after of [movedInto(all, key, to), movedOut(all, key)]) expect(keys(after).sort()).toEqual([...before].sort());
        if (key !== to && movedInto(all, key, to) !== all) expect(find(movedInto(all, key, to), key)!.parent!.key).toBe(to);
      }),
    );
  });

  test('in and out again is where it was', () => {
    const all = readConfig(CONFIG).nodes;
    const [first, , third] = all;
    const inside = movedInto(all, first!.key, third!.key);
    expect(find(inside, first!.key)!.parent!.name).toBe('More');
    expect(find(movedOut(inside, first!.key), first!.key)!.parent).toBeNull();
  });

  test('a node that is taken out takes what is in it along', () => {
    const all = readConfig(CONFIG).nodes;
    expect(writeConfig({ naming: 'id', deletion: 'single_branch', nodes: changed(all, all[2]!.key, () => null) }).nodes).toHaveLength(2);
  });
});
