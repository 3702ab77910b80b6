/**
 * How unkind the lab is, which a test may change while the lab runs. An extension of the lab: DigitalOcean is as it is.
 * A server that starts anew behaves as usual again.
 */

/** What may be changed. */
export interface BehaviourSettings {
  /** Added to each answer, in milliseconds. @default 0 */
  readonly responseMs: number;
  /** Added to each operation on a droplet or a reserved IP, while its action is in progress, in milliseconds. @default 0 */
  readonly actionMs: number;
  /** How long a droplet is still listed after it was deleted, in milliseconds. @default 0 */
  readonly removalMs: number;
  /**
   * How long a VPC cannot be deleted after its last member went, nor a project after something was moved away from it, in
   * milliseconds. @default 3000
   */
  readonly membersMs: number;
  /** How many times a new droplet or reserved IP is not found when it is asked for. @default 0 */
  readonly unseen: number;
  /**
   * Give the address that was freed last, of all that are free. Without it a freed address waits until no other is left,
   * as nearly always at DigitalOcean. @default false
   */
  readonly reuseAddresses: boolean;
}

const USUAL: BehaviourSettings = {
  responseMs: 0,
  actionMs: 0,
  removalMs: 0,
  membersMs: 3000,
  unseen: 0,
  reuseAddresses: false,
};

/** The present behaviour of one lab. */
export class Behaviour {
  /** What ends each pause that is under way. */
  private readonly sleepers = new Set<() => void>();
  private readonly usual: BehaviourSettings;
  private current: BehaviourSettings;

  /** @param own - What differs from the defaults for as long as the server runs. */
  public constructor(own: Partial<BehaviourSettings> = {}) {
    this.usual = { ...USUAL, ...own };
    this.current = this.usual;
  }

  public get now(): BehaviourSettings {
    return this.current;
  }

  public change(changes: Partial<BehaviourSettings>): void {
    this.current = { ...this.current, ...changes };
  }

  /** Behaves as usual again. Pauses that are under way end. */
  public reset(): void {
    this.current = this.usual;
    for (const wake of this.sleepers) wake();
  }

  /** Waits so many milliseconds, or until the next {@link reset}. */
  public pause(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise(resolve => {
      const wake = (): void => {
        clearTimeout(timer);
        this.sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.sleepers.add(wake);
    });
  }
}
