// Asks GGUF files through llama.cpp, the likeliest token each time: node llama_cpp.mjs FOLDER FILE... < texts.json
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [, , folder, ...files] = process.argv;
const texts = JSON.parse(readFileSync(0, "utf8"));
const here = createRequire(`${folder}/`);
const { getLlama } = await import(pathToFileURL(here.resolve("node-llama-cpp")).href);
// one thread: several would spin while they wait for one another
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error", maxThreads: 1 });

async function said(model, text) {
  const asked = model.tokenize(text, true);
  const context = await model.createContext({ contextSize: 256, threads: 1 });
  const answer = [];
  for await (const token of context.getSequence().evaluate(asked, { temperature: 0 })) {
    if (model.isEogToken(token) || answer.push(token) >= 60) break;
  }
  await context.dispose();
  return { asked: Array.from(asked), answer: model.detokenize(answer) };
}

const told = [];
for (const modelPath of files) {
  const model = await llama.loadModel({ modelPath });
  told.push([]);
  for (const text of texts) told.at(-1).push(await said(model, text));
  await model.dispose();
}
process.stdout.write(JSON.stringify(told), () => process.exit(0));
