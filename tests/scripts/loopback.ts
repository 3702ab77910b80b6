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
