import { once } from "node:events";
import { appendFileSync, mkdtempSync, rmSync, watch as watchFile } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { EventWatch } from "../../drivers/events";

const directory = mkdtempSync(path.join(tmpdir(), "events-"));
const file = path.join(directory, "log");
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const begin = (urn: string, op = "create") => JSON.stringify({ resourcePreEvent: { metadata: { op, urn } } });
const end = (urn: string, op = "create") => JSON.stringify({ resOutputsEvent: { metadata: { op, urn } } });
const summary = (resourceChanges: Record<string, number>) =>
  JSON.stringify({ summaryEvent: { resourceChanges } });

test("steps have the times at which they were written, however the lines are cut", async () => {
  const watch = new EventWatch(file);
  const witness = watchFile(file);
  // It is told after the other, which came first.
  const append = async (text: string) => {
    const told = once(witness, "change");
    appendFileSync(file, text);
    await told;
    for (const now = Date.now(); Date.now() === now;) await sleep(1);
  };
  const before = Date.now();
  await append(`${begin("ä")}\n${begin("b").slice(0, 20)}`);
  const middle = Date.now();
  await append(`${begin("b").slice(20)}\n${end("ä")}\n`);
  witness.close();
  appendFileSync(file, `${end("b")}\n${summary({ create: 2, same: 1 })}\n`);
  const { steps, changes } = watch.stop();
  expect(steps.map(({ urn }) => urn)).toEqual(["ä", "b"]);
  const [first, second] = steps;
  expect(first?.started).toBeGreaterThanOrEqual(before);
  expect(first?.started).toBeLessThan(middle);
  expect(first?.ended).toBeGreaterThanOrEqual(middle);
  expect(second?.started).toBe(first?.ended);
  expect(second?.ended).toBeGreaterThan(first?.ended ?? Infinity);
  expect(changes).toEqual({ create: 2, update: 0, replace: 0, delete: 0, same: 1 });
});

test("a step that never ended is none, and one that was refreshed before is another", () => {
  const watch = new EventWatch(file);
  appendFileSync(file, [begin("a", "refresh"), begin("a"), end("a"), begin("b"), ""].join("\n"));
  expect(watch.stop().steps.map(({ op, urn }) => `${op} ${urn}`)).toEqual(["create a"]);
});
