/** Configurations of hierarchies as they are edited: nodes with all fields, of which each kind uses some. */

export type NodeKind = 'mirror' | 'query' | 'static' | 'drop';
export const NODE_KINDS: readonly NodeKind[] = ['mirror', 'query', 'static', 'drop'];
export type Naming = 'original' | 'date' | 'id';
export type Deletion = 'single_branch' | 'full_delete';

export interface Written {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

export interface EditNode {
  /** Known on this page alone. */
  readonly key: number;
  /** The one that folders are known by; null until the node is kept. */
  readonly id: string | null;
  readonly type: NodeKind;
  readonly name: string;
  readonly root: string;
  readonly keepDir: boolean;
  readonly collapsed: readonly string[];
  readonly exclude: readonly string[];
  readonly maxDepth: number | null;
  readonly all: readonly string[];
  readonly any: readonly string[];
  readonly none: readonly string[];
  readonly untagged: boolean;
  readonly write: Written | null;
  readonly tags: readonly string[];
  readonly children: readonly EditNode[];
}

export interface EditConfig {
  readonly naming: Naming;
  readonly deletion: Deletion;
  readonly nodes: readonly EditNode[];
}

let last = 0;

export function newNode(type: NodeKind, more: Partial<EditNode> = {}): EditNode {
  return {
    key: ++last,
    id: null,
    type,
    name: '',
    root: '/',
    keepDir: false,
    collapsed: [],
    exclude: [],
    maxDepth: null,
    all: [],
    any: [],
    none: [],
    untagged: false,
    write: null,
    tags: [],
    children: [],
    ...more,
  };
}

type Json = Readonly<Record<string, unknown>>;

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function readNode(json: Json): EditNode {
  const write = json.write as Json | null | undefined;
  return newNode(json.type as NodeKind, {
    id: typeof json.id === 'string' ? json.id : null,
    name: typeof json.name === 'string' ? json.name : '',
    root: typeof json.root === 'string' ? json.root : '/',
    keepDir: json.keep_dir === true,
    collapsed: texts(json.collapsed),
    exclude: texts(json.exclude),
    maxDepth: typeof json.max_depth === 'number' ? json.max_depth : null,
    all: texts(json.all),
    any: texts(json.any),
    none: texts(json.none),
    untagged: json.untagged === true,
    write: write ? { add: texts(write.add), remove: texts(write.remove) } : null,
    tags: texts(json.tags),
    children: Array.isArray(json.children) ? json.children.map(readNode) : [],
  });
}

/** A configuration as the API answers it. */
export function readConfig(json: Json): EditConfig {
  return {
    naming: (json.naming as Naming | undefined) ?? 'original',
    deletion: (json.deletion as Deletion | undefined) ?? 'single_branch',
    nodes: Array.isArray(json.nodes) ? json.nodes.map(readNode) : [],
  };
}

function writeNode(node: EditNode): Record<string, unknown> {
  const base = { ...(node.id === null ? {} : { id: node.id }), type: node.type };
  const name = node.name.trim();
  switch (node.type) {
    case 'mirror':
      return {
        ...base,
        ...(name ? { name } : {}),
        root: node.root || '/',
        keep_dir: node.keepDir,
        collapsed: node.collapsed,
        exclude: node.exclude,
        ...(node.maxDepth === null ? {} : { max_depth: node.maxDepth }),
      };
    case 'query':
      return {
        ...base,
        name,
        all: node.all,
        any: node.any,
        none: node.none,
        untagged: node.untagged,
        ...(node.write ? { write: node.write } : {}),
        children: node.children.map(writeNode),
      };
    case 'static':
      return { ...base, name, children: node.children.map(writeNode) };
    case 'drop':
      return { ...base, name, tags: node.tags };
  }
}

/** A configuration as the API takes it. */
export function writeConfig(config: EditConfig): Record<string, unknown> {
  return { naming: config.naming, deletion: config.deletion, nodes: config.nodes.map(writeNode) };
}

export function mayHold(type: NodeKind): boolean {
  return type === 'query' || type === 'static';
}

/** The nodes with one of them replaced by what `change` makes of it; null takes it out. */
export function changed(nodes: readonly EditNode[], key: number, change: (old: EditNode) => EditNode | null): readonly EditNode[] {
  return nodes.flatMap((node) => {
    if (node.key === key) return change(node) ?? [];
    return node.children.length > 0 ? [{ ...node, children: changed(node.children, key, change) }] : [node];
  });
}

export interface Spot {
  readonly node: EditNode;
  /** The node in which it is; null at the top. */
  readonly parent: EditNode | null;
  readonly index: number;
  readonly siblings: readonly EditNode[];
}

/** Where a node stands. */
export function find(nodes: readonly EditNode[], key: number, parent: EditNode | null = null): Spot | null {
  for (const [index, node] of nodes.entries()) {
    const spot = node.key === key ? { node, parent, index, siblings: nodes } : find(node.children, key, node);
    if (spot) return spot;
  }
  return null;
}

/** The node of this id, wherever it stands. */
export function withId(nodes: readonly EditNode[], id: string): EditNode | null {
  for (const node of nodes) {
    const found = node.id === id ? node : withId(node.children, id);
    if (found) return found;
  }
  return null;
}

/** Put a node into the one beside it, at its end; the same nodes where that one holds none. `to`: its key. */
export function movedInto(nodes: readonly EditNode[], key: number, to: number): readonly EditNode[] {
  const spot = find(nodes, key);
  const target = find(nodes, to)?.node;
  if (!spot || !target || !mayHold(target.type) || find([spot.node], to)) return nodes;
  return changed(
    changed(nodes, key, () => null),
    to,
    (old) => ({ ...old, children: [...old.children, spot.node] }),
  );
}

/** Put a node out of the one in which it is, behind that. */
export function movedOut(nodes: readonly EditNode[], key: number): readonly EditNode[] {
  const spot = find(nodes, key);
  if (!spot?.parent) return nodes;
  const without = changed(nodes, key, () => null);
  const above = find(without, spot.parent.key)!;
  const siblings = [...above.siblings.slice(0, above.index + 1), spot.node, ...above.siblings.slice(above.index + 1)];
  return above.parent ? changed(without, above.parent.key, (old) => ({ ...old, children: siblings })) : siblings;
}

/** Whether two configurations would be kept alike. */
export function same(one: EditConfig, other: EditConfig): boolean {
  return JSON.stringify(writeConfig(one)) === JSON.stringify(writeConfig(other));
}
