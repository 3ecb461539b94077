/** Why a node of a drive shows nothing, or takes nothing: `path` is its place in the configuration. */
import { common } from '../../ui/common';
import { type EditNode, readConfig, withId } from './nodes';
import { words } from './words';

export interface ConfigProblem {
  readonly node: string;
  readonly path: string;
  readonly detail: string;
}

const LOST = /^(It shows nothing|Nothing can be put there): (this tag is|these tags are) gone: (.*)\.$/s;

/** What a node is called; what shows a tag may go by that. */
export function titleOf(node: EditNode): string {
  if (node.name) return node.name;
  if (node.type !== 'mirror') return words.value.node.kinds[node.type];
  return node.root === '/' || node.root === '' ? words.value.node.rootAll : node.root.slice(1);
}

/** What is wrong, told beside the folder, or with its name where it stands elsewhere; as the server said it where that is not known. */
export function problemText(detail: string, folder: string | null = null): string {
  const [, what, those, tags] = LOST.exec(detail) ?? [];
  if (tags === undefined) return folder === null ? detail : `${common.colon(folder)} ${detail}`;
  return words.value.lost[what === 'It shows nothing' ? 'shows' : 'takes'](folder, tags, those === 'these tags are');
}

/** All that is wrong with a configuration, with the names of its folders. */
export function problemTexts(config: Readonly<Record<string, unknown>>, problems: readonly ConfigProblem[]): readonly string[] {
  const { nodes } = readConfig(config);
  return problems.map(({ node: id, detail }) => {
    const node = withId(nodes, id);
    return problemText(detail, node && titleOf(node));
  });
}
