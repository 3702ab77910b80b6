#!/bin/sh
# Turns a fresh Debian root file system into a droplet: run by build.sh as an mmdebstrap hook, with the root as $1 and
# the release as $2.
set -eu

root=$1
here=$(cd -- "$(dirname -- "$0")" && pwd)

# What only costs boot time in a container, or fights with what the lab does from outside:
# nftables.service would flush the cloud firewall at boot.
for unit in \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
  systemd-tmpfiles-clean.timer getty.target getty-static.service console-getty.service container-getty@.service \
  nftables.service systemd-networkd.service systemd-networkd.socket systemd-networkd-wait-online.service \
  systemd-resolved.service systemd-timesyncd.service systemd-logind.service systemd-pcrphase.service \
  systemd-udevd.service systemd-udev-trigger.service systemd-udevd-control.socket systemd-udevd-kernel.socket \
  systemd-modules-load.service systemd-sysctl.service systemd-update-utmp.service systemd-hwdb-update.service \
  systemd-firstboot.service systemd-random-seed.service systemd-binfmt.service systemd-machine-id-commit.service \
  cloud-init-hotplugd.socket proc-sys-fs-binfmt_misc.automount sys-kernel-debug.mount sys-kernel-tracing.mount \
  sys-kernel-config.mount sys-fs-fuse-connections.mount dev-hugepages.mount dev-mqueue.mount sshd-keygen.service; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
mkdir -p "$root/etc/systemd/system/multi-user.target.wants" "$root/etc/systemd/system/docker.service.wants"
for unit in docker.service ssh.service lab-agents.service; do
  for from in /usr/lib /lib /etc; do
    [ -e "$root$from/systemd/system/$unit" ] || continue
    ln -sf "$from/systemd/system/$unit" "$root/etc/systemd/system/multi-user.target.wants/$unit"
  done
done
# With the engine, which a stock droplet gets later.
ln -sf /etc/systemd/system/lab-workload.service "$root/etc/systemd/system/docker.service.wants/"
ln -sf /usr/lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"

# Packages come from the lab. What the image was built from and with goes, this machine's proxy among it.
sed -i "s/@RELEASE@/$2/g" "$root/etc/apt/sources.list.d/debian.sources"
rm -f "$root/etc/apt/sources.list" "$root"/etc/apt/sources.list.d/*.list "$root/etc/apt/apt.conf.d/99mmdebstrap"

# Each droplet must have its own identity; cloud-init makes the host keys.
rm -f "$root"/etc/ssh/ssh_host_*
: >"$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id"
# No password at all opens root's account; only keys do.
chroot "$root" usermod --password '*' root
chmod 0755 "$root/usr/local/sbin/lab-init" "$root/usr/local/sbin/lab-volumes"

"$here/workload.sh" "$root"

rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/* "$root"/var/cache/debconf/*-old \
  "$root"/usr/share/doc "$root"/usr/share/man "$root"/usr/share/locale "$root"/var/lib/docker
find "$root/usr/lib/python3" -name tests -type d -prune -exec rm -rf {} +
