#!/bin/sh
# Keeps containers from what is for hosts: guard.sh LISTEN_PORT DATA_PATH_PORT. Run at every boot, before the engine.
# What containers send leaves with their host's address, so that the cloud firewall takes them for the member that the
# host is; and at 169.254.169.254 user data can be read, with this host's SSH key. mangle is a table that Docker leaves
# alone, and what overlay networks send from host to host does not come through these chains.
set -eu

drop() { iptables -w -t mangle -C "$@" -j DROP 2>/dev/null || iptables -w -t mangle -A "$@" -j DROP; }

drop FORWARD -d 169.254.169.254
# Docker's own bridges, and those of networks that people make.
for bridge in docker+ br-+; do
  for chain in FORWARD INPUT; do
    drop "$chain" -i "$bridge" -p tcp -m multiport --dports "$1,7946"
    drop "$chain" -i "$bridge" -p udp -m multiport --dports "$2,7946"
  done
done
