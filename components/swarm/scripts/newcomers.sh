# shellcheck shell=bash
# For settle.sh: looks at nodes that are new to the swarm, once, before they are given their names: whether this manager
# reaches their ports, and whether they have its engine's version.

look_at_newcomers() {
  local id newcomers=()
  for id in "${IDS[@]}"; do [[ ${SEEN[$id]} == *$'\t'"\"$NAME_LABEL\"="* ]] || newcomers+=("$id"); done
  ((${#newcomers[@]} > 0)) || return 0
  local own self address version found closed
  self=$(swarm_field .Swarm.NodeID)
  own=$(docker version --format '{{.Server.Version}}')
  found=$(docker node inspect --format '{{.ID}} {{.Status.Addr}} {{.Description.Engine.EngineVersion}}' "${newcomers[@]}")
  while read -r -u 3 id _ version; do
    [[ $version == "$own" ]] ||
      NODE=${NAMES[$id]} say "warning: it has Docker $version, and this manager $own. For one version everywhere set dockerVersion, and change the revision of the nodes that have another"
  done 3<<<"$found"
  closed=$(
    while read -r -u 3 id address _; do
      [[ $id == "$self" ]] || find_closed_ports "${NAMES[$id]}" "$address" &
    done 3<<<"$found"
    wait
  )
  [[ -z $closed ]] ||
    fail "does not reach: $(paste -sd ';' - <<<"$closed"). The cloud firewall lets members reach these ports, so that a firewall of the host closes them ('ufw status', 'nft list ruleset' on it): open them there, or turn it off. Then run the update again, with another value of swarm.reconcile if six hours have passed"
}

# A line, where there are any.
find_closed_ports() {
  local closed=() port
  wait_until 60 "7946/tcp" answers "$2:7946" 2>/dev/null || closed+=(7946/tcp)
  for port in 7946 $DATA_PATH_PORT; do
    wait_until 15 "$port/udp" answers_udp "$2" "$port" 2>/dev/null || closed+=("$port/udp")
  done
  ((${#closed[@]} == 0)) || echo "$1 ($2) ${closed[*]}"
}

# The host answers by port-responder.sh: with one byte, as bash takes no more from a datagram. Where nobody has the port the
# kernel refuses it, too, which is no answer: a firewall may do the same.
answers_udp() {
  local answer=''
  {
    printf 'digitalocean-swarm %s?' "$CLUSTER" >&3
    for _ in refusal answer; do
      ! IFS= read -r -t 1 -n 1 -u 3 answer || break
    done
  } 3<>"/dev/udp/$1/$2"
  [[ $answer == ! ]]
} 2>/dev/null
