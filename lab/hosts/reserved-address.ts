/** A reserved IP on the public interface of the droplet that holds it: commands to be run in the droplet. */

const shell = (script: string, address: string): string[] => ["/bin/sh", "-c", script, "sh", address];

/** Adds the address. The announcements make the neighbours, this machine among them, forget who had it before. */
export function attaching(address: string): string[] {
  return shell(
    'ip address replace "$1/32" dev eth0 && busybox arping -q -U -c 1 -w 1 -I eth0 "$1"; ' +
      'ip -brief address show dev eth0 | grep -qF " $1/32"',
    address,
  );
}

/** Takes it away. */
export function detaching(address: string): string[] {
  return shell(
    'ip address delete "$1/32" dev eth0 2>/dev/null; ! ip -brief address | grep -qF " $1/32"',
    address,
  );
}
