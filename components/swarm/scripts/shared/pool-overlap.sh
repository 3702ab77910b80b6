# shellcheck shell=bash
# For bootstrap.sh: overlay networks must not hide what this host has a route to, its VPC above all. Which one that is
# where the region's default VPC is used, only a host of it knows.
. shared/lib.sh

ROUTES=${ROUTES:-/proc/net/route}

# refuse_overlapping_pools POOLS: IPv4 ranges, as words.
refuse_overlapping_pools() {
  local pool device destination mask
  while read -r device destination _ _ _ _ _ mask _; do
    # The default route leads everywhere, and Docker keeps its own bridges apart from what else there is.
    [[ $destination =~ ^[0-9A-F]{8}$ && $mask != 00000000 && ! $device =~ ^(docker|br-) ]] || continue
    destination=$(little_endian "$destination") mask=$(little_endian "$mask")
    for pool in $1; do
      ! overlaps "$pool" "$destination" "$mask" ||
        fail "the address pool $pool overlaps $(dotted "$destination")/$(prefix_of "$mask"), which this host reaches by $device: containers could not reach it. Give swarm.addressPools other ranges"
    done
  done <"$ROUTES"
}

# The kernel writes addresses in hexadecimal, their last byte first.
little_endian() { echo $((16#${1:6:2}${1:4:2}${1:2:2}${1:0:2})); }
dotted() { echo "$(($1 >> 24 & 255)).$(($1 >> 16 & 255)).$(($1 >> 8 & 255)).$(($1 & 255))"; }
prefix_of() {
  local mask=$1 bits=0
  while ((mask & 1 << 31)); do mask=$((mask << 1 & 0xffffffff)) bits=$((bits + 1)); done
  echo "$bits"
}

# overlaps CIDR ADDRESS MASK: the larger of two ranges holds the other, or they have nothing in common.
overlaps() {
  local word address mask
  IFS=./ read -ra word <<<"$1"
  address=$((word[0] << 24 | word[1] << 16 | word[2] << 8 | word[3]))
  mask=$((0xffffffff << (32 - word[4]) & 0xffffffff))
  ((((address ^ $2) & mask & $3) == 0))
}
