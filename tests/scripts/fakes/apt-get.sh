#!/bin/bash
# apt-get: records its call. The first file of $FAKE/troubles/ is what it says, and fails with, instead of doing anything;
# then that file is gone. An installation puts dockerd in place, of the version that is asked for or $FAKE/newest, and
# the client that its package has.
{ printf 'apt-get'; printf ' %q' "$@"; echo; } >>"$FAKE/calls"
for trouble in "$FAKE"/troubles/*; do
  [[ -e $trouble ]] || break
  cat "$trouble"
  rm "$trouble"
  exit 100
done
[[ ! -e $FAKE/fail-apt-get ]] || { cat "$FAKE/fail-apt-get"; exit 100; }
[[ $* == *" install "* ]] || exit 0
program() {
  printf '#!/bin/bash\n%s\n' "$2" >"$FAKE/bin/$1"
  chmod +x "$FAKE/bin/$1"
}
for package in "$@"; do
  case $package in
    docker-ce | docker.io) version=$(<"$FAKE/newest") ;;
    docker-ce=*) version=${package#docker-ce=*:} && version=${version%%-*} ;;
    docker-ce-cli* | docker-cli) program docker "cat $FAKE/out-docker 2>/dev/null" && continue ;;
    *) continue ;;
  esac
  program dockerd "echo Docker version $version, build 0"
  [[ $package != docker.io || -e $FAKE/packages/docker-cli ]] || program docker "cat $FAKE/out-docker 2>/dev/null"
done
