import * as pulumi from "@pulumi/pulumi";

import { DOCKER_API_PORT, GOSSIP_PORT } from "../network/ports";
import { integer, type Reader, type Report } from "../reader";
import type { SshOptions, SshProxyOptions } from "./args";
import { privateKeyFault, publicKeyFault } from "./keys";

/** How hosts are reached, but for the key. */
export interface SshSettings {
  readonly port: number;
  readonly user: pulumi.Input<string>;
  readonly proxy?: ProxySettings;
}

/** A bastion. */
export interface ProxySettings extends SshProxyOptions {
  readonly port: number;
  readonly user: pulumi.Input<string>;
}

const PORTS = [1, 65535] as const;

/** Reads how hosts are reached. The keys are looked at by `checkSsh`. */
export function resolveSsh(
  reader: Reader,
  { port = 22, user = "root", proxy }: Pick<SshOptions, "port" | "user" | "proxy"> = {},
): SshSettings {
  integer(port, PORTS, reader.at("ssh.port"));
  if ([DOCKER_API_PORT, GOSSIP_PORT].includes(port))
    reader.fault("ssh.port", `is ${port}, which is in use on every node`);
  integer(proxy?.port, PORTS, reader.at("ssh.proxy.port"));
  return {
    port,
    user: reader.read("ssh.user", user, checkUser),
    ...(proxy ? { proxy: resolveProxy(reader, proxy) } : {}),
  };
}

function resolveProxy(
  reader: Reader,
  { host, port = 22, user = "root", privateKey, hostKey }: SshProxyOptions,
): ProxySettings {
  const key = (
    name: "privateKey" | "hostKey",
    value: pulumi.Input<string> | undefined,
    faultOf: (text: string, path: string) => string | undefined,
  ) => {
    if (value === undefined) return undefined;
    const path = `ssh.proxy.${name}`;
    return reader.read(path, value, (text, report) => {
      const fault = faultOf(text, path);
      if (fault !== undefined) report(fault);
      return text;
    });
  };
  const secret = key("privateKey", privateKey, privateKeyFault);
  return {
    host: reader.read("ssh.proxy.host", host, (text, report) => {
      if (!/^[\w.:-]+$/.test(text)) report(`"${text}" is neither an address nor a hostname`);
      return text;
    }),
    port,
    user: reader.read("ssh.proxy.user", user, checkUser),
    privateKey: secret === undefined ? undefined : pulumi.secret(secret),
    hostKey: key("hostKey", hostKey, publicKeyFault),
  };
}

/** It becomes a part of command lines and of URLs. */
function checkUser(user: string, report: Report): string {
  if (!/^[a-z_][a-z0-9_-]{0,31}$/.test(user))
    report(`"${user}" is not a user's name: lower case letters, digits, "_" and "-", at most 32`);
  return user;
}
