#!/usr/bin/env bash
# What the tutorials say, typed into a script: one command after the other, each a connection of its own.
# In: NODES, a line per node: NAME ROLE PUBLIC PRIVATE, the first manager first; SSH, the ssh command with its options.
set -euo pipefail

on() {
  local host=$1
  shift
  # shellcheck disable=SC2086 # SSH is words
  $SSH "root@$host" "$@" </dev/null
}

read -r _ _ first first_private <<<"$NODES"
on "$first" docker swarm init --advertise-addr "$first_private" >/dev/null
worker=$(on "$first" docker swarm join-token --quiet worker)
manager=$(on "$first" docker swarm join-token --quiet manager)

count=1
while read -r -u 3 _ role public private; do
  token=$worker
  [[ $role != manager ]] || token=$manager
  on "$public" docker swarm join --token "$token" --advertise-addr "$private" "$first_private:2377" >/dev/null
  count=$((count + 1))
done 3< <(tail -n +2 <<<"$NODES")

until [[ $(on "$first" "docker node ls --format '{{.Status}}' | grep -c Ready") == "$count" ]]; do sleep 0.2; done
while read -r -u 3 name role _ _; do
  [[ $role == manager ]] || on "$first" docker node update --label-add tier=web "$name" >/dev/null
done 3<<<"$NODES"
