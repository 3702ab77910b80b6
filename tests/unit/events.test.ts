import type { EngineEvent, OpMap } from "@pulumi/pulumi/automation";

import { changesOf, type Seen, stepsOf } from "../../drivers/events";

const event = (at: number, content: object): Seen => ({ event: content as EngineEvent, at });
const begin = (at: number, urn: string, op = "create") =>
  event(at, { resourcePreEvent: { metadata: { op, urn } } });
const end = (at: number, urn: string, op = "create") =>
  event(at, { resOutputsEvent: { metadata: { op, urn } } });
const summary = (resourceChanges: OpMap) => event(9, { summaryEvent: { resourceChanges } });

test("steps have the times at which their events came, in the order of their end", () => {
  const seen = [begin(1, "a"), begin(2, "b"), event(3, { stdoutEvent: {} }), end(4, "b"), end(5, "a")];
  expect(stepsOf(seen)).toEqual([
    { urn: "b", op: "create", started: 2, ended: 4 },
    { urn: "a", op: "create", started: 1, ended: 5 },
  ]);
});

test("a step that never ended is none, and one of another kind does not begin it", () => {
  expect(stepsOf([begin(1, "a", "refresh"), end(2, "a"), begin(3, "b")])).toEqual([]);
});

test("the changes are the engine's last count, and none without one", () => {
  const counted = changesOf([summary({ create: 1 }), summary({ same: 2, delete: 3, "delete-replaced": 4 })]);
  expect(counted).toEqual({ create: 0, update: 0, replace: 0, delete: 3, same: 2 });
  expect(changesOf([])).toEqual({ create: 0, update: 0, replace: 0, delete: 0, same: 0 });
});
