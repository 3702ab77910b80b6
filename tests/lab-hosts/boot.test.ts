/** Whether a droplet stays up, seen on an engine that is not there. */
import { PassThrough } from "node:stream";

import { awaitBoot } from "../../lab/hosts/boot";

/** An engine with one container, whose commands end like this one after the other; the last one again and again. */
function engine(codes: readonly number[], state: { Running: boolean; ExitCode: number }, said = "") {
  const looks: string[][] = [];
  let next = 0;
  const container = {
    exec: ({ Cmd }: { Cmd: string[] }) => {
      looks.push(Cmd);
      const code = codes[Math.min(next++, codes.length - 1)] ?? 0;
      if (code === 409)
        return Promise.reject(Object.assign(new Error("is not running"), { statusCode: 409 }));
      const stream = new PassThrough();
      setImmediate(() => stream.end());
      return Promise.resolve({
        start: () => Promise.resolve(stream.resume()),
        inspect: () => Promise.resolve({ ExitCode: code }),
      });
    },
    inspect: () => Promise.resolve({ State: state }),
    logs: () => Promise.resolve(Buffer.from(`\u0001\u0000\u0000\u0000\u0000\u0000\u0000\u0009${said}`)),
  };
  const modem = { demuxStream: () => undefined };
  return { looks, docker: { getContainer: () => container, modem } as never };
}
const RUNS = { Running: true, ExitCode: 0 };

test("it is looked at until systemd runs", async () => {
  const { docker, looks } = engine([75, 75, 0], RUNS);
  await awaitBoot(docker, "x");
  expect(looks).toHaveLength(3);
});

test.each([
  ["while it is looked at", 137],
  ["before it is looked at", 409],
])("one that ends %s is an error at once, with what it wrote", async (_when, code) => {
  const { docker, looks } = engine([code], { Running: false, ExitCode: 255 }, "Failed to allocate manager");
  await expect(awaitBoot(docker, "x")).rejects.toThrow(
    "it ended with status 255 while it booted. The end of what it wrote: Failed to allocate manager",
  );
  expect(looks).toHaveLength(1);
});

test("one whose IPv6 address cannot be set up is an error", async () => {
  await expect(awaitBoot(engine([2], RUNS).docker, "x")).rejects.toThrow("its IPv6 address");
});
