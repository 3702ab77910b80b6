import { connect } from "node:net";
import { networkInterfaces } from "node:os";

import * as pulumi from "@pulumi/pulumi";
import * as ipaddr from "ipaddr.js";

import { contains, parseCidr } from "../network/cidr";

/** How long a host may take to boot before its silence is a sign of something, in ms. */
const PATIENCE = 45_000;
/** For one look, in ms: a first packet that is lost is sent again after 1, 3 and 7 seconds. */
const LOOK = 10_000;

/** Where people dial, and who is let in there. */
export interface Door {
  readonly host: string;
  readonly port: number;
  /** Value of `firewall.sshFrom`, where the host is behind that firewall. */
  readonly sshFrom?: readonly string[];
}

/**
 * Looks after hosts that somebody waits for. The provider says `i/o timeout` where a firewall drops what it sends, after
 * minutes; this says before that, and once, what to look at.
 */
export class SilenceWatch {
  private said = false;

  /**
   * @param resource - What the warning is about.
   * @param isSilent - Asks a host.
   */
  public constructor(
    private readonly resource: pulumi.Resource,
    private readonly patience = PATIENCE,
    private readonly isSilent = dropsPackets,
  ) {}

  /** @returns what ends the watch, to be called when the host has answered. */
  public begin(door: Door): () => void {
    const timer = setTimeout(() => void this.look(door), this.patience);
    // The program may end without it.
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  }

  private async look(door: Door): Promise<void> {
    if (!this.said && (await this.isSilent(door.host, door.port)))
      this.warn(adviceOn(door, publicAddresses()));
  }

  private warn(message: string): void {
    if (this.said) return;
    this.said = true;
    void pulumi.log.warn(message, this.resource);
  }
}

/**
 * What to look at where a host is silent.
 *
 * @param own - This machine's public addresses; none where it is behind another's, as most are.
 */
export function adviceOn({ host, port, sshFrom }: Door, own: readonly string[]): string {
  const silent = `nobody answers SSH at ${host}:${port}, not even to refuse: a firewall drops what this machine sends`;
  if (!sshFrom) return `${silent}. Let this machine in there`;
  const shut = own.filter(address => !isIn(address, sshFrom));
  const allowed = `firewall.sshFrom lets in ${sshFrom.join(", ")}`;
  if (own.length > 0 && shut.length === own.length)
    return `${silent}. ${allowed}; this machine's address is ${shut.join(" or ")}`;
  return `${silent}. ${allowed}: is the address by which this machine reaches the internet among them? \`curl https://api.ipify.org\` shows it`;
}

/** Addresses of this machine that are the internet's own. */
export function publicAddresses(interfaces = networkInterfaces()): string[] {
  return Object.values(interfaces)
    .flatMap(addresses => addresses ?? [])
    .map(({ address }) => address)
    .filter(address => ipaddr.isValid(address) && ipaddr.parse(address).range() === "unicast");
}

function isIn(address: string, ranges: readonly string[]): boolean {
  const single = parseCidr(`${address}/${address.includes(":") ? 128 : 32}`);
  return ranges.some(text => {
    const range = parseCidr(text);
    return range !== undefined && single !== undefined && contains(range, single);
  });
}

/** Whether a host answers nothing, not even that nobody listens at the port. */
export function dropsPackets(host: string, port: number, milliseconds = LOOK): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port, timeout: milliseconds });
    const end = (silent: boolean) => () => {
      socket.destroy();
      resolve(silent);
    };
    socket.once("timeout", end(true)).once("connect", end(false)).once("error", end(false));
  });
}
