// Checks an AsyncAPI document with the official parser: a file goes in, a line per complaint comes out; 1 for an error.
// usage: node validate.mjs FOLDER_OF_node_modules FILE
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [folder, file] = process.argv.slice(2).map((path) => resolve(path));
const { Parser, DiagnosticSeverity } = createRequire(folder + "/")("@asyncapi/parser");

const { document, diagnostics } = await new Parser().parse(await readFile(file, "utf8"), { source: file });
for (const { severity, path, code, message } of diagnostics) {
  console.log(`${DiagnosticSeverity[severity].toLowerCase()}: ${path.join(".")}: ${message} (${code})`);
}
const refused = diagnostics.some(({ severity }) => severity === DiagnosticSeverity.Error);
if (document) {
  const count = (things) => things.all().length;
  const [channels, operations] = [count(document.allChannels()), count(document.allOperations())];
  console.log(`${channels} channels, ${operations} operations, ${count(document.allMessages())} messages`);
}
process.exitCode = document && !refused ? 0 : 1;
