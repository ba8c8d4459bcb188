// Checks AsyncAPI documents with the official parser: files go in, one line per complaint comes out, rc 1 for an error.
// usage: node validate.mjs FOLDER_OF_node_modules FILE...
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [folder, ...files] = process.argv.slice(2);
const { Parser, DiagnosticSeverity } = createRequire(resolve(folder) + "/")("@asyncapi/parser");
let failed = files.length === 0;

for (const file of files) {
  const { document, diagnostics } = await new Parser().parse(await readFile(file, "utf8"), { source: resolve(file) });
  for (const { severity, path, code, message } of diagnostics) {
    console.log(`${file}: ${DiagnosticSeverity[severity].toLowerCase()}: ${path.join(".")}: ${message} (${code})`);
  }
  failed ||= !document || diagnostics.some(({ severity }) => severity === DiagnosticSeverity.Error);
  if (document) {
    console.log(`${file}: ${document.allChannels().all().length} channels, ${document.allOperations().all().length} operations`);
  }
}
process.exit(failed ? 1 : 0);
