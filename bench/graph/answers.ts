/** What the providers would have answered, as far as the program reads it, and as long as they do. */

/** Outputs of a resource, beside its inputs. */
export function outputs(type: string, name: string): Record<string, unknown> {
  switch (type.slice(type.lastIndexOf(":") + 1)) {
    case "PrivateKey":
      // As long as real ones.
      return { publicKeyOpenssh: "p".repeat(80), privateKeyOpenssh: "k".repeat(390) };
    case "SshKey":
      return { fingerprint: "f".repeat(47), name };
    case "Tag":
      return { name };
    case "ReservedIp":
      return { ipAddress: "198.51.100.1" };
    case "Droplet":
      return { name, ipv4Address: "203.0.113.250", ipv4AddressPrivate: "10.110.250.250" };
    case "Command":
      return { stdout: stdout(name) };
    default:
      return {};
  }
}

function stdout(name: string): string {
  if (name.endsWith("-bootstrap"))
    return JSON.stringify({
      clusterId: "c".repeat(25),
      hostname: "swarm-manager-0",
      address: "10.110.0.2:2377",
      workerRotation: 0,
      managerRotation: 0,
      caRotation: 0,
    });
  // Nobody asks which nodes the managers know.
  if (name.endsWith("-members")) return "";
  return name.endsWith("-token") ? `SWMTKN-1-${"t".repeat(76)}` : "n".repeat(25);
}
