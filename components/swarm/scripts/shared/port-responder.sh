# shellcheck shell=bash
# For join.sh: lets the first manager find out which of this host's ports it reaches (newcomers.py). A raw socket gets
# what has passed the host's own firewall, whoever has the port: the engine, the kernel, or nobody.

# Answers on both UDP ports, until a minute after it has done so on each, or for six hours.
answer_port_checks() {
  # shellcheck disable=SC2016 # perl's variables
  local -r answer='
    use Socket;
    my ($word, @ports) = @ARGV;
    my %waiting = map { $_ => 1 } @ports;
    socket(my $socket, PF_INET, SOCK_RAW, getprotobyname("udp") // 17) or die;
    alarm 21600;
    while (defined(my $from = recv $socket, my $packet, 2048, 0)) {
      my $datagram = substr $packet, 4 * (ord($packet) & 15);
      my ($source, $port) = unpack "nn", $datagram;
      next unless substr($datagram, 8) eq "$word?" && grep { $_ == $port } @ports;
      send $socket, pack("nnnn", $port, $source, 9, 0) . "!", 0, $from;
      alarm 60 if delete $waiting{$port} && !%waiting;
    }'
  setsid perl -e "$answer" "digitalocean-swarm $CLUSTER" 7946 "$DATA_PATH_PORT" </dev/null >/dev/null 2>&1 &
}
