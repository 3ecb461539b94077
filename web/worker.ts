/** The service worker as the build makes it: `/sw.js`, with the list of what it keeps. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { type Plugin, type Rollup, transformWithEsbuild } from 'vite';

const SOURCE = 'src/worker/sw.ts';
/** Larger parts, such as maps, are kept once somebody has looked at them. */
const LARGEST = 300_000;

export function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_, bundle) {
      const files = ['/', ...(await statics('public')), ...assets(bundle)];
      const version = createHash('sha256').update(JSON.stringify(files));
      for (const name of ['index.html', ...(await readdir('public')).map((file) => `public/${file}`)]) version.update(await readFile(name));
      const source = await readFile(SOURCE, 'utf8');
      version.update(source);
      const { code } = await transformWithEsbuild(source, SOURCE, { minify: true, format: 'iife', sourcemap: false, target: 'es2022' });
      const built = JSON.stringify({ version: version.digest('hex').slice(0, 16), files });
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: `const BUILT=${built};${code}` });
    },
  };
}

async function statics(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /\.(?:svg|png|webmanifest)$/.test(name)).map((name) => `/${name}`);
}

function assets(bundle: Rollup.OutputBundle): string[] {
  const sized = Object.values(bundle).map((part) => ({ name: part.fileName, size: part.type === 'asset' ? part.source.length : part.isEntry ? 0 : part.code.length }));
  return sized
    .filter(({ name, size }) => /^assets\/.+\.(?:js|css)$/.test(name) && size <= LARGEST)
    .map(({ name }) => `/${name}`)
    .sort();
}
