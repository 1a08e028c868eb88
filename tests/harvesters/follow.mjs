// Read an event stream with ldes-client to its end, and write what it emits: `node follow.mjs ADDRESS ORDER STATE`.
// A line a member, in the order in which they come: its quads, as N-Quads without the ends of lines.
import { intoConfig, replicateLDES } from "ldes-client";
import { Writer } from "n3";

const [url, order, statePath] = process.argv.slice(2);
const client = replicateLDES(intoConfig({ url, ...(statePath ? { statePath } : {}) }), order);
client.on("error", (error) => {
  console.error(error);
  process.exitCode = 1;
});
const writer = new Writer({ format: "N-Quads" });
const reader = client.stream().getReader();
for (let next = await reader.read(); !next.done; next = await reader.read()) {
  process.stdout.write(JSON.stringify(writer.quadsToString(next.value.quads)) + "\n");
}
