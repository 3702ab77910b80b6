import type { remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";

import { type EngineAddresses, engineAddresses } from "./addresses";
import type { Admission } from "./admission";
import type { SwarmNode } from "./args";
import type { SwarmContext } from "./context";
import type { ServerFiles } from "./docker-api/docker-api";
import type { Known } from "./known-members";
import { script } from "./script";

/** A node, and the Command that made it a member; its stdout is the node's ID. */
export interface Member {
  readonly node: SwarmNode;
  readonly joined: remote.Command;
}

/** What a node's join takes beside what all nodes' do. */
export interface JoinDetails {
  readonly admission: pulumi.Output<Admission>;
  /** What the managers know of the host. */
  readonly known: Known;
  /** A manager's certificate for the Docker API, which its engine serves before it joins. Secret. */
  readonly server?: pulumi.Output<ServerFiles>;
}

/**
 * Makes a host a member. Run again, for another token say, it finds itself a member.
 *
 * `apply` in `apply`, as `pulumi.all` makes five Outputs of these two: with a thousand nodes that is a tenth of the
 * program's memory.
 */
export function join(context: SwarmContext, node: SwarmNode, details: JoinDetails): Member {
  const { settings } = context;
  const { timeouts } = settings;
  const { admission, known, server } = details;
  const stdin = (files?: ServerFiles) =>
    admission.apply(({ clusterId, token, peers: addresses }) =>
      node.host.apply(facts =>
        known(node).apply(KNOWN => {
          const engine = engineAddresses(facts, settings);
          const others = addresses.filter(address => address !== engine.advertise);
          return script("join", node.name, {
            CLUSTER: clusterId,
            KIND: node.role,
            JOINS: others.map(peer => `${peer} ${joinRequest(engine, token, peer)}\n`).join(""),
            LISTEN: engine.listen,
            DATA_PATH_PORT: settings.ports.dataPath,
            BOOT_SECONDS: timeouts.boot,
            JOIN_SECONDS: timeouts.join,
            GENERATION: settings.generation,
            RECONCILE: settings.reconcile,
            KNOWN,
            ...files,
          });
        }),
      ),
    );
  const joined = context.run({
    name: `${node.name}-join`,
    script: "join",
    about: node.name,
    on: node,
    stdin: server ? server.apply(stdin) : stdin(),
    // For the engine to find its swarm, to start with its API, and for the last try to end.
    seconds: timeouts.boot + timeouts.join + 5 * 60,
    identity: [node.identity],
  });
  return { node, joined };
}

/** The request that an engine is joined with, in JSON. Secret. */
function joinRequest({ listen, advertise, dataPath }: EngineAddresses, token: string, peer: string): string {
  return JSON.stringify({
    ListenAddr: listen,
    AdvertiseAddr: advertise,
    DataPathAddr: dataPath,
    RemoteAddrs: [peer],
    JoinToken: token,
  });
}
