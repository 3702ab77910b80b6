import { readFileSync } from "node:fs";
import * as path from "node:path";

import { FakeHost } from "./fake-host";

describe("the guard", () => {
  const guard = readFileSync(path.join(__dirname, "../../components/nodes/scripts/guard.sh"), "utf8");
  const rules = (host: FakeHost) => host.calls().filter(call => call.includes(" -A "));
  /** A host where every rule is there already, or none; with IPv6, or without. */
  function made({ isThere = false, ipv6 = false } = {}): FakeHost {
    const host = new FakeHost();
    for (const name of ["iptables", "ip6tables"])
      host.write(
        `bin/${name}`,
        `#!/bin/bash\necho "\${0##*/} $*" >>"$FAKE/calls"\n[[ $4 != -C ]] || ${isThere}\n`,
      );
    return ipv6 ? host.write("if_inet6", "") : host.uninstall("ip6tables");
  }
  const run = (host: FakeHost, ...ports: string[]) =>
    host.bash(["-s", ...ports], guard, { IF_INET6: path.join(host.directory, "if_inet6") });

  test("drops what containers send to the metadata address and to the swarm's ports", async () => {
    const host = made();
    expect((await run(host, "2378", "7789")).code).toBe(0);
    expect(rules(host)).toHaveLength(9);
    expect(rules(host)).toEqual(
      expect.arrayContaining([
        "iptables -w -t mangle -A FORWARD -d 169.254.169.254 -j DROP",
        "iptables -w -t mangle -A FORWARD -i docker+ -p tcp -m multiport --dports 2378,7946 -j DROP",
        "iptables -w -t mangle -A INPUT -i br-+ -p udp -m multiport --dports 7789,7946 -j DROP",
      ]),
    );
  });

  test("drops the same over IPv6, where the kernel has it", async () => {
    const host = made({ ipv6: true });
    expect((await run(host, "2378", "7789")).code).toBe(0);
    const byProtocol = (name: string) =>
      rules(host)
        .filter(call => call.startsWith(`${name} `) && !call.includes("169.254.169.254"))
        .map(call => call.slice(name.length));
    expect(byProtocol("ip6tables")).toHaveLength(8);
    expect(byProtocol("ip6tables")).toEqual(byProtocol("iptables"));
  });

  test("fails where it cannot keep them from it", async () => {
    const host = made({ ipv6: true }).uninstall("ip6tables");
    expect((await run(host, "2377", "4789")).code).not.toBe(0);
  });

  test("run again it adds nothing", async () => {
    const host = made({ isThere: true, ipv6: true });
    expect((await run(host, "2377", "4789")).code).toBe(0);
    expect(rules(host)).toEqual([]);
  });
});
