// Asks a GGUF file through llama.cpp, the likeliest token each time: node llama_cpp.mjs FOLDER FILE < texts.json
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [, , folder, file] = process.argv;
const here = createRequire(`${folder}/`);
const { getLlama } = await import(pathToFileURL(here.resolve("node-llama-cpp")).href);
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error" });
const model = await llama.loadModel({ modelPath: file });
const said = [];
for (const text of JSON.parse(readFileSync(0, "utf8"))) {
  const asked = model.tokenize(text, true);
  const context = await model.createContext({ contextSize: 256 });
  const answer = [];
  for await (const token of context.getSequence().evaluate(asked, { temperature: 0 })) {
    if (model.isEogToken(token) || answer.push(token) >= 60) break;
  }
  await context.dispose();
  said.push({ asked: Array.from(asked), answer: model.detokenize(answer) });
}
process.stdout.write(JSON.stringify(said), () => process.exit(0));
