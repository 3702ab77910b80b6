import { readFileSync } from "node:fs";
import * as path from "node:path";

import { FakeHost } from "./fake-host";

describe("the guard", () => {
  const guard = readFileSync(path.join(__dirname, "../../components/nodes/scripts/guard.sh"), "utf8");
  const rules = (host: FakeHost) => host.calls().filter(call => call.includes(" -A "));
  const iptables = (host: FakeHost, isThere: boolean) =>
    host.write(
      "bin/iptables",
      `#!/bin/bash\necho "iptables $*" >>"$FAKE/calls"\n[[ $4 != -C ]] || ${isThere}\n`,
    );

  test("drops what containers send to the metadata address and to the swarm's ports", async () => {
    const host = new FakeHost().install("iptables");
    iptables(host, false);
    expect((await host.bash(["-s", "2378", "7789"], guard)).code).toBe(0);
    expect(rules(host)).toHaveLength(9);
    expect(rules(host)).toEqual(
      expect.arrayContaining([
        "iptables -w -t mangle -A FORWARD -d 169.254.169.254 -j DROP",
        "iptables -w -t mangle -A FORWARD -i docker+ -p tcp -m multiport --dports 2378,7946 -j DROP",
        "iptables -w -t mangle -A INPUT -i br-+ -p udp -m multiport --dports 7789,7946 -j DROP",
      ]),
    );
  });

  test("run again it adds nothing", async () => {
    const host = new FakeHost().install("iptables");
    iptables(host, true);
    expect((await host.bash(["-s", "2377", "4789"], guard)).code).toBe(0);
    expect(rules(host)).toEqual([]);
  });
});
