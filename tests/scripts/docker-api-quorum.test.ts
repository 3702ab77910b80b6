import { dropIn, manager, port, restarts, serve } from "./docker-api-host";
import { refuse } from "./engine-objects";
import type { FakeEngine } from "./fake-engine";

type Others = Readonly<Record<string, "reachable" | "unreachable">>;
/** A manager beside these others, by node ID. */
const among = (others: Others) =>
  Object.entries(others).reduce(
    (host, [id, Reachability]) => host.node(id, { Role: "manager", Hostname: `host-of-${id}`, Reachability }),
    manager(),
  );
const WAITED = "manager-0: waited 1 s for the managers to have a quorum without this one\n";
const healthy = { a: "reachable", b: "reachable" } as const;
const oneDead = { a: "reachable", b: "unreachable" } as const;

test.each<[string, Others]>([
  ["a single manager", {}],
  ["one of two", { a: "reachable" }],
  ["one of three", healthy],
  ["one of four", { ...healthy, c: "reachable" }],
  ["one of five, of which one is dead", { ...healthy, c: "reachable", d: "unreachable" }],
])("%s is restarted: the others have a quorum, or never had one", async (_, others) => {
  const host = among(others);
  const { code, stderr } = await serve(host);
  expect(code).toBe(0);
  expect(stderr).not.toContain("quorum");
  expect(restarts(host)).toBe(1);
});

test.each<[string, Others, string]>([
  [
    "one of two, of which the other is dead",
    { a: "unreachable" },
    "2 managers would answer; these do not: host-of-a (a)",
  ],
  ["one of three, of which one is dead", oneDead, "3 managers would answer; these do not: host-of-b (b)"],
  [
    "one of four, of which one is dead",
    { ...oneDead, c: "reachable" },
    "4 managers would answer; these do not: host-of-b (b)",
  ],
  [
    "one of five, of which two are dead",
    { ...oneDead, c: "unreachable", d: "reachable" },
    "5 managers would answer; these do not: host-of-b (b), host-of-c (c)",
  ],
])("%s is not restarted, the dead are named, and nothing is written", async (_, others, said) => {
  const host = among(others);
  const { code, stderr } = await serve(host);
  expect(code).toBe(1);
  expect(stderr).toContain(
    `${WAITED}manager-0: error: is not restarted: without it fewer than half of the ${said}. `,
  );
  expect(stderr).toMatch(/ Bring them back, or remove them with 'docker node demote' and /);
  expect(restarts(host)).toBe(0);
  expect([dropIn(host), host.read("api/key.pem")]).toEqual(["", ""]);
});

test("who wants to be a manager and is none does not count", async () => {
  const host = among(healthy).node("joining", { Role: "manager", Hostname: "new" });
  expect((await serve(host)).code).toBe(0);
});

test("who comes back in time is waited for", async () => {
  const host = among(oneDead);
  host.engine.when(/^docker node inspect/, times => {
    if (times === 3) host.node("b", { Role: "manager", Hostname: "host-of-b", Reachability: "reachable" });
  });
  expect(await serve(host, {}, 60)).toMatchObject({
    code: 0,
    stderr: `manager-0: serves the Docker API on ${port}\n`,
  });
});

test.each(["node ls --filter", "node inspect", "info --format {{.Swarm.NodeID"])(
  "where `docker %s` does not answer, that is no quorum",
  async what => {
    const host = among(healthy);
    host.engine.when(new RegExp(`^docker ${what}`), () => refuse("no leader"));
    const { code, stderr } = await serve(host);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /error: is not restarted: .* these do not: \(the swarm does not list its managers\)/,
    );
    expect(restarts(host)).toBe(0);
  },
);

test("it is looked for before the API is turned off, too", async () => {
  const host = among(healthy);
  await serve(host);
  host.node("b", { Role: "manager", Hostname: "host-of-b", Reachability: "unreachable" });
  const { code, stderr } = await serve(host, { WANTED: "off" });
  expect(code).toBe(1);
  expect(stderr).toMatch(/error: is not restarted: .* these do not: host-of-b \(b\)/);
  expect(restarts(host)).toBe(1);
  expect([dropIn(host) !== "", host.read("api/key.pem")]).toEqual([true, "the key\n"]);
});

test("it is not looked for where nothing is restarted", async () => {
  const host = among(healthy);
  await serve(host);
  host.node("b", { Role: "manager", Hostname: "host-of-b", Reachability: "unreachable" });
  expect(await serve(host)).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(await serve(among(oneDead), { WANTED: "off" })).toEqual({ code: 0, stdout: "", stderr: "" });
});

test.each([
  ["down", { down: true }],
  ["locked", { state: "locked", manager: false }],
])("an engine that is %s takes part in no quorum: it is restarted", async (state, engine) => {
  const host = among(oneDead).is(engine as Partial<FakeEngine>);
  // The restart brings it back.
  host.engine.when(/^docker info/, () => {
    if (restarts(host) > 0) host.is({ down: false, manager: true });
  });
  const UNLOCK_KEY = state === "locked" ? "SWMKEY-first" : "";
  expect(await serve(host, { UNLOCK_KEY })).toMatchObject({ code: 0 });
  expect(restarts(host)).toBe(1);
});
