// Prints the TypeScript types of an OpenAPI document (path given) on stdout.
import { readFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const document = JSON.parse(await readFile(process.argv[2], "utf8"));

// What the application answers always carries its defaults; what it is sent (no further keys allowed) may leave them out.
for (const schema of Object.values(document.components.schemas)) {
  if (schema.properties && schema.additionalProperties !== false) schema.required = Object.keys(schema.properties);
}

const types = await openapiTS(document, { defaultNonNullable: false, alphabetize: true });
process.stdout.write(`// Made from openapi.json by "npm run client"; not written by hand.\n\n${astToString(types)}`);
