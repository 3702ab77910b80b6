#!/bin/sh
# Makes the image that services in the lab run, lab/workload:1, as a `docker load` archive inside the root file
# system $1. It is busybox alone: there is no registry to pull anything from. The archive is put together by hand so
# that every droplet's engine ends up with the same image ID.
set -eu

root=$1
target=$root/usr/share/digitalocean-swarm-lab
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$target" "$work/rootfs/bin" "$work/rootfs/tmp" "$work/rootfs/etc" "$work/rootfs/www" "$work/image"
cp "$root/bin/busybox" "$work/rootfs/bin/busybox"
chroot "$root" /bin/busybox --list | while IFS= read -r applet; do
  [ "$applet" = busybox ] || ln -s busybox "$work/rootfs/bin/$applet"
done
chmod 1777 "$work/rootfs/tmp"
echo 'root:x:0:0:root:/:/bin/sh' >"$work/rootfs/etc/passwd"
echo 'root:x:0:' >"$work/rootfs/etc/group"

plain_tar() { tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$1" -cf "$2" .; }

plain_tar "$work/rootfs" "$work/image/layer.tar"
layer=$(sha256sum "$work/image/layer.tar" | cut -d ' ' -f 1)
cat >"$work/image/config.json" <<JSON
{"architecture":"$(chroot "$root" dpkg --print-architecture)","os":"linux","created":"1970-01-01T00:00:00Z",
"config":{"Env":["PATH=/bin"],"Cmd":["/bin/sleep","infinity"]},
"rootfs":{"type":"layers","diff_ids":["sha256:$layer"]},
"history":[{"created":"1970-01-01T00:00:00Z","created_by":"digitalocean-swarm lab"}]}
JSON
cat >"$work/image/manifest.json" <<'JSON'
[{"Config":"config.json","RepoTags":["lab/workload:1"],"Layers":["layer.tar"]}]
JSON
plain_tar "$work/image" "$target/workload.tar"
