// The engine's side of POST /nodes/ID/update, for curl's config on stdin. $FAKE/refuse-ID holds a reason to refuse. Who
// becomes a manager is reachable at once, unless $FAKE/slow is there.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";

const read = file => (existsSync(file) ? readFileSync(file, "utf8") : "");
const unquote = text => text.slice(1, -1).replace(/\\n/g, "\n").replace(/\\(.)/g, "$1");
const fake = process.env.FAKE;
for (const transfer of read("/dev/stdin").split("\nnext\n")) {
  const options = Object.fromEntries(
    transfer
      .split("\n")
      .filter(Boolean)
      .map(line => [line.slice(0, line.indexOf(" = ")), line.slice(line.indexOf(" = ") + 3)]),
  );
  const [, id, version] = /^http:\/\/docker\/nodes\/([^/]+)\/update\?version=(\d+)$/.exec(options.url);
  const body = unquote(options["data-binary"]);
  const node = `${fake}/nodes/${id}`;
  const now = Number(read(`${node}/Version`));
  let error = read(`${fake}/refuse-${id}`);
  if (Number(version) !== now) error = "rpc error: code = Unknown desc = update out of sequence";
  if (!error) {
    const spec = JSON.parse(body);
    const promoted = spec.Role === "manager" && read(`${node}/Role`) !== "manager";
    if (promoted && !existsSync(`${fake}/slow`)) {
      writeFileSync(`${node}/Addr`, "10.0.0.9:2377");
      writeFileSync(`${node}/Reachability`, "reachable");
    }
    appendFileSync(`${fake}/calls`, `update ${id} ${body}\n`);
    writeFileSync(`${node}/Version`, String(now + 1));
    for (const field of ["Name", "Role", "Availability"]) writeFileSync(`${node}/${field}`, spec[field]);
    writeFileSync(
      `${node}/labels`,
      Object.entries(spec.Labels)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(""),
    );
  }
  const text = unquote(options["write-out"]).replace("%{http_code}", error ? "500" : "200");
  process.stdout.write((error ? JSON.stringify({ message: error }) : "") + text);
}
