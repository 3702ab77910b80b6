# shellcheck shell=bash
# For prepare-host.sh: packages. What passes is waited for until PATIENCE is over.

# patiently COMMAND...: again while what it says is a trouble that passes. Functions that it calls stop at their first
# failure only where they say so: bash ignores `set -e` here.
patiently() {
  local trouble
  until "$@" 2>&1 | tee "$LOG.last"; do
    trouble=$(passing_trouble) || return 1
    if ((SECONDS >= PATIENCE)); then
      REASON="gave up after $SECONDS s: $trouble"
      echo "$REASON"
      return 1
    fi
    note "$STEP, waiting: $trouble"
    sleep "$PAUSE"
  done
}

# apt waits by itself for one of its locks only (DPkg::Lock::Timeout), and fails at once at that of its lists. A
# repository's answer of 4xx is final, apart from packages that went since the lists were fetched.
passing_trouble() {
  grep -m 1 -E \
    -e 'Could not get lock|Unable to (acquire|lock)|lock was locked by' \
    -e '^[EW]: Failed to fetch|Temporary failure resolving' \
    -e '^curl: \((5|6|7|16|18|28|35|52|55|56|92)\)|^curl: \(22\).* (408|429|5[0-9]{2})\b' "$LOG.last" | cut -c -300
}

apt() { apt-get -q -y -o Acquire::Retries=3 "$@"; }

install_packages() { apt update && install_listed "$@"; }

# What was interrupted, by a power cycle say, is finished first: dpkg refuses everything else until then.
install_listed() {
  local install=(apt install --no-install-recommends --allow-downgrades "$@")
  "${install[@]}" || { dpkg --configure -a && "${install[@]}"; }
}

is_installed() { [[ $(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }
has_package() { [[ $(apt-cache policy "$1") =~ Candidate:\ [^\(] ]]; }
