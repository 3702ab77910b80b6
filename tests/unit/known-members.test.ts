import { knownOf } from "../../components/swarm/known-members";

const LIST = JSON.stringify([
  { id: "m0", role: "manager", hostname: "swarm-manager-0-a1", name: "manager-0" },
  { id: "m1", role: "worker", hostname: "swarm-manager-1-b2", name: "" },
  { id: "w0", role: "worker", hostname: "swarm-web-0-c3", name: "web-0" },
  { id: "old", role: "worker", hostname: "swarm-web-0-z9", name: "web-0" },
]);

test.each<[string, string | undefined, string, string, string]>([
  ["nobody was asked yet", undefined, "swarm-web-0-c3", "web-0", ""],
  ["nobody was asked at creation", "", "swarm-web-0-c3", "web-0", ""],
  ["a manager", LIST, "swarm-manager-0-a1", "manager-0", "m0:manager"],
  [
    "a node without a name yet is known by its hostname",
    LIST,
    "swarm-manager-1-b2",
    "manager-1",
    "m1:worker",
  ],
  [
    "a node and its predecessor, by hostname and by name",
    LIST,
    "swarm-web-0-c3",
    "web-0",
    "w0:worker old:worker",
  ],
  ["a replaced host is known by its name alone", LIST, "swarm-web-0-new", "web-0", "w0:worker old:worker"],
  ["a host that nobody knows", LIST, "swarm-web-1-d4", "web-1", "nothing"],
  ["what a name starts with is another name", LIST, "swarm-web-0-c", "web", "nothing"],
  ["a node without a name is not that of no name", LIST, "x", "m1", "nothing"],
])("%s", (_, list, hostname, name, expected) => {
  expect(knownOf(list, hostname, name)).toBe(expected);
});
