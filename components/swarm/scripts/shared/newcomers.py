"""Looks at nodes that are new to the swarm, once, before they are given their names: whether this manager
reaches their ports, and whether they have its engine's version."""

import os
import socket
from threading import Thread

from shared.engine import Json, ask
from shared.pool import Pool
from shared.progress import WAIT_SECONDS, fail, say, wait_until
from shared.swarm import name_of

GOSSIP_PORT = int(os.environ.get("GOSSIP_PORT", "7946"))


def look_at_newcomers(pool: Pool, cluster: str, data_path_port: int) -> None:
    """data_path_port: 0 where it is not asked."""
    newcomers = [node for node in pool.seen.values() if not name_of(node)]
    if not newcomers:
        return
    here = ask("GET", "/info")
    warn_of_versions(pool, newcomers, here["ServerVersion"])
    closed: list[str] = []

    def look(node: Json) -> None:
        name, address = pool.nodes[node["ID"]].name, node["Status"]["Addr"]
        ports = [GOSSIP_PORT, data_path_port] if data_path_port else [GOSSIP_PORT]
        found = closed_ports(name, address, ports, f"digitalocean-swarm {cluster}?")
        if found:
            closed.append(f"{name} ({address}) {' '.join(found)}")

    threads = [
        Thread(target=look, args=(node,)) for node in newcomers if node["ID"] != here["Swarm"]["NodeID"]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if closed:
        fail(
            pool.name,
            f"does not reach: {';'.join(closed)}. The cloud firewall lets members reach these ports, so that"
            " a firewall of the host closes them ('ufw status', 'nft list ruleset' on it): open them there,"
            " or turn it off. Then run the update again, with another value of swarm.reconcile if six hours"
            " have passed",
        )


def warn_of_versions(pool: Pool, newcomers: list[Json], own: str) -> None:
    for node in newcomers:
        version = node["Description"]["Engine"]["EngineVersion"]
        if version != own:
            say(
                pool.nodes[node["ID"]].name,
                f"warning: it has Docker {version}, and this manager {own}. For one version everywhere set"
                " dockerVersion, and change the revision of the nodes that have another",
            )


def closed_ports(name: str, address: str, ports: list[int], question: str) -> list[str]:
    closed = []
    what = f"{GOSSIP_PORT}/tcp"
    if not wait_until(name, WAIT_SECONDS, f"{what} to answer", lambda: answers(address, GOSSIP_PORT)):
        closed.append(what)
    for port in ports:
        what = f"{port}/udp"
        if not wait_until(
            name, WAIT_SECONDS // 4, f"{what} to answer", lambda: answers_udp(address, port, question)
        ):
            closed.append(what)
    return closed


def answers(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), timeout=1).close()
        return True
    except OSError:
        return False


def answers_udp(address: str, port: int, question: str) -> bool:
    """The host answers by port-responder.sh. Where nobody has the port its kernel refuses it, too, which is
    no answer: a firewall may do the same."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(1)
        try:
            asking.connect((address, port))
            asking.send(question.encode())
            try:
                return asking.recv(16) == b"!"
            except ConnectionRefusedError:
                return asking.recv(16) == b"!"
        except OSError:
            return False
