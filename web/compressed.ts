/** What the build makes beside its files: each of them compressed, and the size of what a browser loads first. */
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin, Rollup } from 'vite';

const BUDGET = { js: 120_000, css: 20_000 };
/** What is shown at first, and is loaded although the entry does not import it at once. */
const FIRST_PARTS = ['screens/timeline/TimelineScreen.vue'];
const WORTH = /\.(?:html|js|css|json|svg|webmanifest)$/;
const pack = { br: promisify(brotliCompress), gz: promisify(gzip) };

/** Write `.br` and `.gz` beside all files that get smaller by it. */
export function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    async closeBundle() {
      await compressAll(this.environment?.config.build.outDir ?? 'dist');
    },
  };
}

async function compressAll(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!entry.name.startsWith('.')) await compressAll(path);
    } else if (WORTH.test(entry.name)) {
      await compress(path);
    }
  }
}

async function compress(path: string): Promise<void> {
  const body = await readFile(path);
  const both = {
    br: await pack.br(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length } }),
    gz: await pack.gz(body, { level: 9 }),
  };
  for (const [ending, packed] of Object.entries(both)) {
    if (packed.length < body.length * 0.9) await writeFile(`${path}.${ending}`, packed);
    else if (await stat(`${path}.${ending}`).catch(() => null)) await rm(`${path}.${ending}`);
  }
}

/** Refuse a build whose first load is above the budget; only warn where `tries` is true. */
export function bounded(tries: boolean): Plugin {
  return {
    name: 'bounded',
    apply: 'build',
    async generateBundle(_, bundle) {
      const size = await firstLoad(bundle);
      const text = `first load: ${size.js} bytes of JavaScript (at most ${BUDGET.js}), ${size.css} of CSS (at most ${BUDGET.css}), by gzip`;
      if (size.js <= BUDGET.js && size.css <= BUDGET.css) this.info(text);
      else if (tries) this.warn(text);
      else this.error(text);
    },
  };
}

/** Bytes, compressed by gzip, of the entry, of what is shown first, and of all that they import. */
async function firstLoad(bundle: Rollup.OutputBundle): Promise<{ js: number; css: number }> {
  const chunks = Object.values(bundle).filter((one) => one.type === 'chunk');
  const first = chunks.filter((one) => one.isEntry || FIRST_PARTS.some((part) => one.facadeModuleId?.endsWith(part)));
  const wanted = new Set<string>();
  const visit = (name: string): void => {
    const chunk = bundle[name];
    if (wanted.has(name) || chunk?.type !== 'chunk') return;
    wanted.add(name);
    chunk.imports.forEach(visit);
    chunk.viteMetadata?.importedCss.forEach((css) => wanted.add(css));
  };
  first.forEach(({ fileName }) => visit(fileName));
  const size = { js: 0, css: 0 };
  for (const name of wanted) {
    const part = bundle[name];
    const body = part === undefined ? '' : part.type === 'chunk' ? part.code : part.source;
    size[name.endsWith('.css') ? 'css' : 'js'] += (await pack.gz(body, { level: 9 })).length;
  }
  return size;
}
