/** What the fake engine has, and what it answers where it refuses. */
/** A node, as the engine shows it. */
export interface EngineNode {
  readonly ID: string;
  Version: { Index: number };
  Spec: NodeSpec;
  Description: { Hostname: string; Engine: { EngineVersion: string }; TLSInfo: object };
  Status: { State: "ready" | "down" | "unknown"; Message?: string; Addr: string };
  ManagerStatus?: { Reachability: string; Addr: string };
}
/** What a node is to be. */
export interface NodeSpec {
  Name?: string;
  Role: "manager" | "worker";
  Availability: "active" | "pause" | "drain";
  Labels?: Record<string, string>;
}
/** The settings of a swarm. */
export interface SwarmSpec {
  Name: string;
  Labels: Record<string, string> | null;
  CAConfig: {
    NodeCertExpiry: number;
    ForceRotate?: number;
    ExternalCAs?: { Protocol: string; URL: string }[];
  };
  EncryptionConfig: { AutoLockManagers: boolean };
}

/** An answer that is an error: with this status, or none at all. */
export class Refusal extends Error {
  public constructor(
    message: string,
    public readonly status = 500,
  ) {
    super(message);
  }
}
export const refuse = (message: string, status?: number) => new Refusal(message, status);
/** The engine closes the connection. */
export const CUT = refuse("", 0);
/** What the leader's loss looks like. */
export const NO_LEADER = refuse("rpc error: The swarm does not have a leader.", 503);

export const OUT_OF_SEQUENCE = refuse("rpc error: code = Unknown desc = update out of sequence");

/** The fields of a spec that change, with what becomes of those that are words. */
export function differences(before: object, after: object): string[] {
  const old = new Map(Object.entries(before));
  return Object.entries(after)
    .filter(([key, value]) => JSON.stringify(old.get(key)) !== JSON.stringify(value))
    .map(([key, value]) => (typeof value === "string" ? `${key}=${value}` : key));
}

/** A swarm as it is initialised. */
export const newSwarm = () => ({
  ID: "",
  Version: { Index: 1 },
  Spec: {
    Name: "default",
    Labels: null,
    CAConfig: { NodeCertExpiry: 90 * 24 * 3600 * 1e9 },
    EncryptionConfig: { AutoLockManagers: false },
  } as SwarmSpec,
  JoinTokens: { Worker: "SWMTKN-worker", Manager: "SWMTKN-manager" },
  RootRotationInProgress: false,
  TLSInfo: { TrustRoot: "old" },
});

/** What a test says of a node; for the rest it is a worker that is ready. */
export interface NodeState {
  readonly Name?: string;
  readonly Hostname?: string;
  readonly State?: EngineNode["Status"]["State"];
  readonly Role?: EngineNode["Spec"]["Role"];
  readonly Availability?: EngineNode["Spec"]["Availability"];
  readonly Message?: string;
  /** Where the leader saw the node, on the loopback: there its ports answer. A manager's address is this one, too. */
  readonly Address?: string;
  /** Of a member of the managers' raft. */
  readonly Reachability?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A node, as the engine shows it. */
export function nodeOf(ID: string, state: NodeState, TLSInfo: object): EngineNode {
  const { Role = "worker", Availability = "active", Address = "127.0.0.9", Reachability, labels } = state;
  return {
    ID,
    Version: { Index: 1 },
    Spec: { Name: state.Name, Role, Availability, ...(labels ? { Labels: { ...labels } } : {}) },
    Description: {
      Hostname: state.Hostname ?? "",
      Engine: { EngineVersion: "28.5.1" },
      TLSInfo,
    },
    Status: {
      State: state.State ?? "ready",
      ...(state.Message === undefined ? {} : { Message: state.Message }),
      Addr: Address,
    },
    ...(Reachability ? { ManagerStatus: { Reachability, Addr: Address && `${Address}:2377` } } : {}),
  };
}
