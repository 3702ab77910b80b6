import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { ApiClient } from "../../lab/client";
import { functions } from "../../rehearsal/functions";

const GET_VPC = "digitalocean:index/getVpc:getVpc";
const GET_KEYS = "digitalocean:index/getSshKeys:getSshKeys";
const VPCS = [
  { id: "a", region: "fra1", ip_range: "10.1.0.0/16", default: false },
  { id: "b", region: "nyc3", ip_range: "10.2.0.0/16", default: true },
  { id: "c", region: "fra1", ip_range: "10.3.0.0/16", default: true },
];
const KEYS = [
  { id: 1, name: "one", fingerprint: "aa:bb", public_key: "ssh-ed25519 A" },
  { id: 2, name: "two", fingerprint: "cc:dd", public_key: "ssh-ed25519 B" },
];

describe("functions", () => {
  // One thing a page, as there may be many.
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://here");
    const one = VPCS.find(({ id }) => url.pathname === `/v2/vpcs/${id}`);
    const [key, list] = url.pathname === "/v2/vpcs" ? ["vpcs", VPCS] : ["ssh_keys", KEYS];
    const page = Number(url.searchParams.get("page"));
    const pages = page < list.length ? { next: "http://elsewhere" } : {};
    const answer = one ? { vpc: one } : { [key]: list.slice(page - 1, page), links: { pages } };
    response.end(JSON.stringify(answer));
  });
  let call: ReturnType<typeof functions>;
  beforeAll(async () => {
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
    call = functions(new ApiClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, "token"));
  });
  afterAll(() => server.close());

  test("getVpc finds one by its id, and the default one of a region", async () => {
    expect(await call[GET_VPC]?.({ id: "a" })).toEqual({
      id: "a",
      region: "fra1",
      ipRange: "10.1.0.0/16",
      default: false,
    });
    expect(await call[GET_VPC]?.({ region: "fra1" })).toMatchObject({ id: "c", default: true });
    await expect(call[GET_VPC]?.({ region: "ams3" })).rejects.toThrow(
      "Error retrieving VPC: unable to find default VPC in ams3 region",
    );
  });

  test("getSshKeys finds keys by what is filtered for", async () => {
    const two = { sshKeys: [{ id: 2, name: "two", fingerprint: "cc:dd", publicKey: "ssh-ed25519 B" }] };
    expect(await call[GET_KEYS]?.({ filters: [{ key: "id", values: ["2"] }] })).toEqual(two);
    expect(await call[GET_KEYS]?.({ filters: [{ key: "fingerprint", values: ["cc:dd"] }] })).toEqual(two);
    expect(await call[GET_KEYS]?.({ filters: [{ key: "id", values: ["3"] }] })).toEqual({ sshKeys: [] });
    expect((await call[GET_KEYS]?.({}))?.sshKeys).toHaveLength(2);
  });
});
