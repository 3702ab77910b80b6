#!/bin/sh
# Indexes and signs the packages of a repository, with a key that is made for it and thrown away.
#
#   sign.sh <repository> <directory for the key>
set -eu

mkdir -p "$2"
chmod 0700 "$2"
repository=$1
keys=$(cd "$2" && pwd)
gpg() { command gpg --homedir "$keys" --batch --quiet --yes "$@"; }
trap 'gpgconf --homedir "$keys" --kill all || true' EXIT

gpg --passphrase '' --quick-generate-key 'The packages of a lab <lab@localhost>' ed25519 sign never
gpg --armor --export >"$repository/gpg"
cd "$repository"
for dist in dists/*; do
  for pool in "$dist"/pool/stable/*; do
    index=$dist/stable/binary-$(basename "$pool")
    mkdir -p "$index"
    apt-ftparchive packages "$pool" >"$index/Packages"
    gzip -k9n "$index/Packages"
  done
  codename=$(basename "$dist")
  # Written aside: it lists all files of its directory.
  apt-ftparchive \
    -o APT::FTPArchive::Release::Origin=Docker \
    -o 'APT::FTPArchive::Release::Label=Docker CE' \
    -o "APT::FTPArchive::Release::Suite=$codename" \
    -o "APT::FTPArchive::Release::Codename=$codename" \
    -o "APT::FTPArchive::Release::Architectures=$(dpkg --print-architecture)" \
    -o APT::FTPArchive::Release::Components=stable \
    -o 'APT::FTPArchive::Release::Patterns::=*/Packages*' \
    release "$dist" >"$keys/Release"
  mv "$keys/Release" "$dist/Release"
  gpg --armor --detach-sign --output "$dist/Release.gpg" "$dist/Release"
  gpg --clearsign --output "$dist/InRelease" "$dist/Release"
done
