import { createSocket } from "node:dgram";
import { existsSync, readFileSync, statSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";

/** Listens on a port of the loopback as a manager does; `close` frees the port. */
export async function listen(): Promise<{ address: string; close: () => Promise<void> }> {
  const server = createServer(socket => socket.destroy());
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  // A test that fails before it closes the port must not keep the run from ending.
  server.unref();
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>(resolve => server.close(() => resolve()));
  return { address: `127.0.0.1:${port}`, close };
}

/** An address at which nobody answers. */
export async function nobody(): Promise<string> {
  const { address, close } = await listen();
  await close();
  return address;
}

/** Where nodes of tests are. */
const ADDRESSES = ["127.0.0.9", "127.0.0.10", "127.0.0.11", "127.0.0.12"];
let port: Promise<string> | undefined;
/** A port on which these addresses answer as new nodes do, by TCP and UDP. */
export function gossip(): Promise<string> {
  port ??= listenForGossip();
  return port;
}

async function listenForGossip(): Promise<string> {
  const server = createServer(socket => socket.destroy());
  await new Promise<void>(resolve => server.listen(0, "0.0.0.0", resolve));
  server.unref();
  const { port } = server.address() as AddressInfo;
  for (const address of ADDRESSES) {
    const socket = createSocket("udp4");
    socket.on("message", (question, from) => {
      if (question.toString() === "digitalocean-swarm the-cluster?")
        socket.send("!", from.port, from.address);
    });
    await new Promise<void>(resolve => socket.bind(port, address, resolve));
    socket.unref();
  }
  return String(port);
}

/** Routes as Linux has them in /proc/net/route: ranges by the devices that lead to them. */
export function routesText(routes: Readonly<Record<string, string>>): string {
  const hex = (address: number) => address.toString(16).toUpperCase().padStart(8, "0");
  const of = (bytes: number[]) => hex(bytes.reduce((sum, byte) => sum * 256 + byte, 0));
  const lines = Object.entries(routes).map(([device, range]) => {
    const [address = "", prefix] = range.split("/");
    // The last byte first.
    const bytes = address.split(".").reverse().map(Number);
    const mask = [0, 1, 2, 3].map(i => 256 - 2 ** (8 - Math.min(8, Math.max(0, Number(prefix) - 8 * i))));
    return `${device}\t${of(bytes)}\t00000000\t0001\t0\t0\t0\t${of(mask.reverse())}\t0\t0\t0`;
  });
  return ["Iface\tDestination\tGateway\tFlags", ...lines, ""].join("\n");
}

/** Whether a process holds a file's lock, by the kernel's own list. */
export function isLocked(file: string): boolean {
  if (!existsSync(file)) return false;
  const { ino } = statSync(file);
  return readFileSync("/proc/locks", "utf8")
    .split("\n")
    .some(line => / FLOCK .* WRITE /.test(line) && line.includes(`:${ino} `) && !line.includes("->"));
}
