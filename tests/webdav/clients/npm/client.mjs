// A drive by the package `webdav`: each line that comes in is ["word", ...values], each that goes out its answer.
import { readFile, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { createClient } from "webdav";

const [url, username, password] = process.argv.slice(2);
const client = createClient(url, { username, password });

const words = {
  put: async (local, path) => {
    if (!(await client.putFileContents(path, await readFile(local)))) throw new Error("not put");
  },
  get: async (path, local) => writeFile(local, await client.getFileContents(path)),
  names: async (path) => (await client.getDirectoryContents(path)).map((entry) => entry.basename),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [word, ...values] = JSON.parse(line);
  let answer;
  try {
    const found = word in words ? await words[word](...values) : await client[word](...values);
    answer = { found: found ?? null };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
