/** Why a node of a drive shows nothing, or takes nothing: `path` is its place in the configuration. */
export interface ConfigProblem {
  readonly node: string;
  readonly path: string;
  readonly detail: string;
}
