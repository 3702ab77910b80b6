/**
 * Which address comes next. A pool is walked round: what was freed comes again only when nothing is left that was never
 * used, and then what was freed first. At DigitalOcean a new droplet hardly ever gets the address of the one before it.
 */
import { allocate } from "./addresses";
import type { Behaviour } from "./behaviour";
import type { Store } from "./store";

/** The pool of the public addresses. A VPC's has the VPC's id. */
export const PUBLIC_POOL = "public";
/** The pool of the reserved IPs, where they have a range of their own. */
export const RESERVED_POOL = "reserved";

/** All addresses in use, public and private. */
export function takenAddresses({ droplets, loadBalancers, reservedIps }: Store): Set<string> {
  const both = [...droplets.all(), ...loadBalancers.all()];
  return new Set([
    ...both.flatMap(({ publicAddress, privateAddress }) => [publicAddress, privateAddress]),
    ...reservedIps.all().map(({ ip }) => ip),
  ]);
}

/** Where to take an address from. */
export interface Source {
  /** The pool's name. */
  readonly pool: string;
  /** Its CIDR range. */
  readonly range: string;
  /** From which end addresses that were never used are taken. */
  readonly from?: "low" | "high";
}

/** The addresses of a lab that were used before, in the order in which they were freed. They survive a restart. */
export class AddressPools {
  public constructor(
    private readonly store: Store,
    private readonly behaviour: Behaviour,
  ) {}

  /**
   * The address that comes next; `undefined` if all are taken.
   * @param taken - Addresses in use.
   */
  public next({ pool, range, from }: Source, taken: ReadonlySet<string>): string | undefined {
    const free = this.freed(pool).filter(address => !taken.has(address));
    if (this.behaviour.now.reuseAddresses && free.length > 0) return free.at(-1);
    return allocate(range, new Set([...taken, ...free]), from) ?? free[0];
  }

  /** Puts an address at the end of the line. */
  public free(pool: string, address: string): void {
    const before = this.freed(pool).filter(other => other !== address);
    this.store.pools.put({ id: pool, freed: [...before, address] });
    this.store.changed();
  }

  /** Forgets a pool: its VPC is gone. */
  public forget(pool: string): void {
    if (this.store.pools.delete(pool)) this.store.changed();
  }

  private freed(pool: string): readonly string[] {
    return this.store.pools.get(pool)?.freed ?? [];
  }
}
