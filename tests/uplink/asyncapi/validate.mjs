// Checks AsyncAPI documents with the official parser: files go in, one line of JSON on each comes out.
// usage: node validate.mjs FOLDER_OF_node_modules FILE...
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [folder, ...files] = process.argv.slice(2).map((path) => resolve(path));
const { Parser, DiagnosticSeverity } = createRequire(folder + "/")("@asyncapi/parser");
const count = (things) => things.all().length;

for (const file of files) {
  const { document, diagnostics } = await new Parser().parse(await readFile(file, "utf8"), { source: file });
  const told = diagnostics.map(({ severity, path, message }) => [DiagnosticSeverity[severity], path.join("."), message]);
  // A document that the parser does not take has no model, hence no counts.
  const holds = document && {
    channels: count(document.allChannels()),
    operations: count(document.allOperations()),
    messages: count(document.allMessages()),
  };
  console.log(JSON.stringify({ file, told, holds: holds ?? null }));
}
