"""The nodes of one pool: as they are wanted, and as the swarm last showed them."""

import json
from collections.abc import Callable
from typing import NamedTuple

from shared.engine import EngineError, Json
from shared.progress import WAIT_SECONDS, fail, wait_until
from shared.swarm import NAME_LABEL, find_node, labels_of, list_nodes, name_of, update_node

# On each node: the keys of the labels that are the program's.
MANAGED_LABEL = "digitalocean-swarm.labels"
# On each node: the availability that the program gave it, and the value of swarm.reconcile by then.
AVAILABILITY_LABEL = "digitalocean-swarm.availability"


class Wanted(NamedTuple):
    """A node as the program wants it."""

    id: str
    name: str
    availability: str
    labels: dict[str, str]


def wanted_spec(spec: Json, wanted: Wanted, role: str, reconcile: str) -> Json:
    """What a node is to be, of what it is.

    Labels that people set by hand stay: the keys that are the program's are remembered in a label of their
    own. So does the name, and the role of what is no manager here. So does an availability, a drain for
    maintenance say, until the program asks for another one, or for everything to be put back.
    """
    labels = labels_of(spec)
    ours = [*labels.get(MANAGED_LABEL, "").split(" "), MANAGED_LABEL]
    given = given_availability(wanted, reconcile)
    managed = {MANAGED_LABEL: " ".join(wanted.labels)} if wanted.labels else {}
    return {
        **spec,
        "Role": "manager" if role == "manager" else spec["Role"],
        "Availability": (
            wanted.availability if labels.get(AVAILABILITY_LABEL) != given else spec["Availability"]
        ),
        "Labels": {
            **{key: value for key, value in labels.items() if key not in ours},
            **wanted.labels,
            **managed,
            NAME_LABEL: wanted.name,
            AVAILABILITY_LABEL: given,
        },
    }


def given_availability(wanted: Wanted, reconcile: str) -> str:
    return f"{wanted.availability} {reconcile}" if reconcile else wanted.availability


class Pool:
    """All of them are seen in one look, and changed by one process, whatever their number."""

    def __init__(self, name: str, role: str, reconcile: str, roster: str):
        self.name = name
        self.role = role
        self.reconcile = reconcile
        self.nodes: dict[str, Wanted] = {}
        self.seen: dict[str, Json] = {}
        for entry in json.loads(roster):
            node = Wanted(**entry)
            if node.id in self.nodes:
                refuse_id_of(self.nodes[node.id].name, node.name)
            self.nodes[node.id] = node

    def look(self) -> None:
        """A node that has no name yet gets one with its labels."""
        self.seen = {}
        seen = {node["ID"]: node for node in list_nodes() if node["ID"] in self.nodes}
        for node_id, node in seen.items():
            if name_of(node) not in ("", self.nodes[node_id].name):
                refuse_id_of(name_of(node), self.nodes[node_id].name)
        self.seen = seen

    def are_all(self, condition: Callable[[Json], bool]) -> bool:
        self.look()
        return all(node_id in self.seen and condition(self.seen[node_id]) for node_id in self.nodes)

    def wait_until_ready(self, seconds: int, cluster: str) -> None:
        if wait_until(self.name, seconds, "all nodes to be ready", lambda: self.are_all(is_ready)):
            return
        for node in self.nodes.values():
            if node.id in self.seen and is_ready(self.seen[node.id]):
                continue
            found = find_node(node.name, node.id)
            if not found:
                fail(
                    node.name,
                    f"its node ID {node.id} is unknown to swarm {cluster}: it was removed by hand, or its"
                    " host is in another swarm. Set swarm.reconcile to another value, then run the update"
                    " again",
                )
            status = found["Status"]
            fail(node.name, f"is {status['State']} in the swarm, not ready: {status.get('Message', '')}")

    def is_to_be_put_back(self, node: Wanted) -> bool:
        """Whether this value of swarm.reconcile is new to a node."""
        given = labels_of(self.seen[node.id]["Spec"]).get(AVAILABILITY_LABEL, "")
        return self.reconcile != "" and given.partition(" ")[2] != self.reconcile

    def update(self) -> None:
        """Gives the nodes their labels and availability, and managers their role."""
        if wait_until(self.name, WAIT_SECONDS, "the nodes' updates to be taken", self.is_up_to_date):
            return
        for node in self.nodes.values():
            if node.id not in self.seen:
                fail(node.name, "was removed from the swarm, or the swarm lost its leader")
        fail(self.name, "other changes of the nodes did not end")

    def is_up_to_date(self) -> bool:
        """False where a node changed meanwhile: then they have been looked at again."""
        if len(self.seen) < len(self.nodes):
            self.look()
            return False
        passed = True
        refusals: list[tuple[str, EngineError]] = []
        for node in self.nodes.values():
            seen = self.seen[node.id]
            spec = wanted_spec(seen["Spec"], node, self.role, self.reconcile)
            if spec == seen["Spec"]:
                continue
            try:
                update_node(seen, spec)
            except EngineError as error:
                passed = False
                if not error.passes:
                    refusals.append((node.name, error))
        for name, refusal in refusals:
            fail(name, f"could not be updated: {refusal}")
        if not passed:
            self.look()
        return passed


def is_ready(node: Json) -> bool:
    return node["Status"]["State"] == "ready"


def refuse_id_of(other: str, name: str) -> None:
    fail(
        name,
        f"has the node ID of {other}: its host was made of an image that holds a node, or somebody got into"
        " one of the two. Replace the node, after a look at the host; if you gave the node another name,"
        f" take the label off it: 'docker node update --label-rm {NAME_LABEL}'",
    )
