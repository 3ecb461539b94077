/** Types of the API, from the document that a server gives at `/openapi.json`: `node tools/schema.mjs openapi.json`. */
import { readFile, writeFile } from 'node:fs/promises';
import { format } from 'node:util';
import openapi, { astToString } from 'openapi-typescript';

const [source, target = 'src/api/schema.d.ts'] = process.argv.slice(2);
if (!source) {
  console.error('Which document? node tools/schema.mjs openapi.json [schema.d.ts]');
  process.exit(2);
}

/** What programs are told in words, and answers that every route shares, are of no use to the compiler. */
function bare(node) {
  if (Array.isArray(node)) return node.map(bare);
  if (node === null || typeof node !== 'object') return node;
  const kept = Object.entries(node).filter(([name, value]) => {
    if (name === '4XX' || name === 'security' || name === 'operationId') return false;
    return !((name === 'description' || name === 'title' || name === 'summary') && typeof value === 'string');
  });
  return Object.fromEntries(kept.map(([name, value]) => [name, bare(value)]));
}

/** The names of the schemas that a node reaches, through others as well. */
function reached(node, schemas, found = new Set()) {
  if (node === null || typeof node !== 'object') return found;
  const name = typeof node.$ref === 'string' ? node.$ref.split('/').at(-1) : null;
  if (name !== null && !found.has(name)) {
    found.add(name);
    reached(schemas[name], schemas, found);
  }
  for (const value of Object.values(node)) reached(value, schemas, found);
  return found;
}

/** What has a default need not be sent, while answers always have it: what is only ever sent says nothing of defaults. */
function freed(node) {
  if (node === null || typeof node !== 'object') return;
  for (const one of Object.values(node.properties ?? {})) delete one.default;
  for (const value of Object.values(node)) freed(value);
}

const document = JSON.parse(await readFile(source, 'utf8'));
const components = document.components?.schemas ?? {};
const wanted = bare(document);
const schemas = wanted.components?.schemas ?? {};
const answered = reached(
  Object.values(wanted.paths).flatMap((path) => Object.values(path).map(({ responses }) => responses)),
  schemas,
);
for (const [name, schema] of Object.entries(schemas)) if (!answered.has(name)) freed(schema);
// A response needs a description by the rules.
for (const path of Object.values(wanted.paths)) {
  for (const operation of Object.values(path)) {
    for (const response of Object.values(operation.responses ?? {})) response.description ??= '';
  }
}
wanted.info = { title: '', version: '' };
if (Object.keys(components).length === 0) throw new Error(format('No schemas in %s', source));
const text = astToString(await openapi(wanted));
await writeFile(target, `/* Made by tools/schema.mjs from /openapi.json; not to be edited. */\n${text}`);
