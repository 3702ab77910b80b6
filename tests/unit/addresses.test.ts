import { makeCluster } from "./cluster";
import { joinRequests, peersOf, sentTo } from "./sent";

test("listenPort and dataPathPort go to the engines and the peers, too", async () => {
  const world = await makeCluster({ swarm: { listenPort: 3377, dataPathPort: 5789 } });
  expect(sentTo(world, "demo-bootstrap")).toMatchObject({
    ADVERTISE: "10.110.0.10:3377",
    LISTEN: "0.0.0.0:3377",
    DATA_PATH_PORT: "5789",
  });
  expect(peersOf(world, "demo-web-0-join")).toEqual(["10.110.0.10:3377", "198.51.100.1:3377"]);
  expect(sentTo(world, "demo-web-reconcile").LISTEN_PORT).toBe("3377");
});

test.each([
  [{}, "10.110.0.11:2377", "0.0.0.0:2377", ""],
  [{ advertise: "public" } as const, "203.0.113.11:2377", "0.0.0.0:2377", ""],
  [
    { listen: "private", dataPath: "public" } as const,
    "10.110.0.11:2377",
    "10.110.0.11:2377",
    "203.0.113.11",
  ],
])("addresses with %j", async (swarm, AdvertiseAddr, ListenAddr, DataPathAddr) => {
  const world = await makeCluster({ swarm });
  const requests = joinRequests(world, "demo-manager-1-join");
  expect(requests.length).toBeGreaterThan(0);
  for (const [peer, request] of requests)
    expect(request).toEqual({
      AdvertiseAddr,
      ListenAddr,
      DataPathAddr,
      RemoteAddrs: [peer],
      JoinToken: "SWMTKN-1-first-demo-worker-token",
    });
  expect(sentTo(world, "demo-manager-1-join").LISTEN).toBe(ListenAddr);
});

test("managers that listen on one address only are dialled there, not at the control address", async () => {
  const world = await makeCluster({ swarm: { listen: "private" } });
  expect(peersOf(world, "demo-web-0-join")).toEqual([
    "10.110.0.10:2377",
    "10.110.0.11:2377",
    "10.110.0.12:2377",
  ]);
});
