import type { Availability } from "../../components";
import { FakeHost } from "./fake-host";
import { roster, variables } from "./pool-input";

/** One reconciliation of node `n` after the other, as the program asks for it. */
async function bring(host: FakeHost, availability: Availability, reconcile = "", role?: "manager") {
  const input = variables(role ?? "worker", roster({ nodeId: "n", availability }));
  expect(await host.run("reconcile-pool", { ...input, RECONCILE: reconcile })).toMatchObject({
    code: 0,
    stdout: "",
  });
}
const now = (host: FakeHost) => host.engine.node("n").Spec.Availability;
function byHand(host: FakeHost, availability: Availability): FakeHost {
  host.engine.node("n").Spec.Availability = availability;
  return host;
}

describe.each(["worker", "manager"] as const)("the availability of a %s", role => {
  /** A node that the program made active, and that was drained by hand since. */
  async function drained(reconcile = "") {
    const host = new FakeHost().manager().node("n", { Role: role, Availability: "pause" });
    if (role === "manager") host.node("n", { Role: role, Availability: "pause", Reachability: "reachable" });
    await bring(host, "active", reconcile, asked);
    expect(now(host)).toBe("active");
    return byHand(host, "drain");
  }
  const asked = role === "manager" ? role : undefined;

  test("that was set by hand stays, also where something else about the node changes", async () => {
    const host = await drained();
    const before = [...host.engine.changes];
    await bring(host, "active", "", asked);
    expect(now(host)).toBe("drain");
    expect([...host.engine.changes]).toEqual(before);
    const labelled = roster({ nodeId: "n", labels: { tier: "web" } });
    expect((await host.run("reconcile-pool", variables(role, labelled))).code).toBe(0);
    expect(host.labels("n")).toContain("tier=web");
    expect(now(host)).toBe("drain");
  });

  test("that was set by hand is undone by another value of `reconcile`, once", async () => {
    const host = await drained();
    await bring(host, "active", "1", asked);
    expect(now(host)).toBe("active");
    byHand(host, "drain");
    await bring(host, "active", "1", asked);
    expect(now(host)).toBe("drain");
    await bring(host, "active", "2", asked);
    expect(now(host)).toBe("active");
  });

  test("that was set by hand is undone where `reconcile` is taken out again", async () => {
    const host = await drained("1");
    await bring(host, "active", "", asked);
    expect(now(host)).toBe("active");
  });

  test("that was set by hand is undone when the program asks for another one", async () => {
    const host = await drained();
    await bring(host, "pause", "", asked);
    expect(now(host)).toBe("pause");
    await bring(host, "active", "", asked);
    expect(now(host)).toBe("active");
  });

  test("is remembered where the node has it already", async () => {
    const host = new FakeHost().manager().node("n", { Role: role, Availability: "drain" });
    if (role === "manager") host.node("n", { Role: role, Availability: "drain", Reachability: "reachable" });
    await bring(host, "drain", "", asked);
    byHand(host, "active");
    await bring(host, "drain", "", asked);
    expect(now(host)).toBe("active");
  });
});
