#!/usr/bin/env bash
# A practical floor: one connection per node, and all that can be done at once is done at once.
# In: NODES, a line per node: NAME ROLE PUBLIC PRIVATE, the first manager first; SSH, the ssh command with its options.
set -euo pipefail

read -r _ _ first first_private <<<"$NODES"
count=$(wc -l <<<"$NODES")
labelled=$(awk '$2 == "worker" { print $1 }' <<<"$NODES" | tr '\n' ' ')

# The first manager's one session: it prints the tokens, and goes on when it reads that all have joined.
coproc FIRST {
  # shellcheck disable=SC2086 # SSH is words
  $SSH "root@$first" "set -e
    docker swarm init --advertise-addr $first_private >/dev/null
    docker swarm join-token --quiet worker
    docker swarm join-token --quiet manager
    read -r _
    until [ \$(docker node ls --format '{{.Status}}' | grep -c Ready) = $count ]; do sleep 0.1; done
    # Refused where the node's state changed in that moment.
    label() { for _ in {1..50}; do docker node update --label-add tier=web \$1 >/dev/null 2>&1 && return; sleep 0.1; done; }
    for name in $labelled; do label \$name & done
    wait
    echo labelled"
}
read -r worker <&"${FIRST[0]}"
read -r manager <&"${FIRST[0]}"

joins=()
while read -r _ role public private; do
  token=$worker
  [[ $role != manager ]] || token=$manager
  # shellcheck disable=SC2086
  $SSH "root@$public" "docker swarm join --token $token --advertise-addr $private $first_private:2377" \
    </dev/null >/dev/null &
  joins+=($!)
done < <(tail -n +2 <<<"$NODES")
for join in "${joins[@]}"; do wait "$join"; done

echo joined >&"${FIRST[1]}"
read -r outcome <&"${FIRST[0]}"
[[ $outcome == labelled ]]
