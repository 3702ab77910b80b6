import type { ApiClient } from "../lab/client";
import { type Props, text, texts } from "./entry";

/** Answers a call of a function of a provider. */
export type Function = (inputs: Props) => Promise<Props>;

interface Vpc {
  readonly id: string;
  readonly region: string;
  readonly ip_range: string;
  readonly default: boolean;
}
interface Key {
  readonly id: number;
  readonly name: string;
  readonly fingerprint: string;
  readonly public_key: string;
}

/** The functions of `@pulumi/digitalocean` that the program calls, by token. */
export function functions(api: ApiClient): Record<string, Function> {
  return {
    "digitalocean:index/getVpc:getVpc": async ({ id, region }) => {
      const [found] = text(id)
        ? [(await api.call<{ vpc: Vpc }>("GET", `vpcs/${text(id) ?? ""}`)).vpc]
        : (await api.list<Vpc>("vpcs", "vpcs")).filter(one => one.default && one.region === region);
      if (!found)
        throw new Error(`Error retrieving VPC: unable to find default VPC in ${String(region)} region`);
      return { id: found.id, region: found.region, ipRange: found.ip_range, default: found.default };
    },
    "digitalocean:index/getSshKeys:getSshKeys": async ({ filters }) => {
      const wanted = (filters ?? []) as { key: "id" | "fingerprint"; values: unknown }[];
      const keys = await api.list<Key>("account/keys", "ssh_keys");
      return {
        sshKeys: keys
          .filter(key => wanted.every(({ key: field, values }) => texts(values).includes(String(key[field]))))
          .map(({ public_key: publicKey, ...key }) => ({ ...key, publicKey })),
      };
    },
  };
}
