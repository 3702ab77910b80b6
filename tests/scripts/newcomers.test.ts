import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as path from "node:path";

const read = (name: string) =>
  readFileSync(path.join(__dirname, "../../components/swarm/scripts", `${name}.sh`), "utf8");

/**
 * Looks at three nodes, of which `me` is the manager that looks, and `known` has its name already.
 *
 * @param reached - Bash that says whether `$1`, an address, answers on `$2`: `7946/tcp`, `4789/udp`.
 */
function look(reached: string, version = "26.1.5"): { status: number | null; stderr: string } {
  const text = `
    ${read("lib")}
    ${read("newcomers")}
    NODE=worker CLUSTER=c NAME_LABEL=digitalocean-swarm.node DATA_PATH_PORT=4789
    IDS=(me known new)
    declare -A NAMES=([me]=manager-0 [known]=worker-0 [new]=worker-1)
    declare -A SEEN=([me]=$'me\\t' [known]=$'known\\t"digitalocean-swarm.node"="worker-0"\\t' [new]=$'new\\t')
    SECONDS=0
    sleep() { SECONDS=$((SECONDS + 30)); }
    docker() {
      case $1 in
        info) echo me ;;
        version) echo 26.1.5 ;;
        node) [[ $* == *" me new" ]] && printf '%s\\n' "me 10.0.0.1 26.1.5" "new 10.0.0.3 ${version}" ;;
      esac
    }
    reached() { ${reached}; }
    answers() { reached "\${1%:*}" "\${1##*:}/tcp"; }
    answers_udp() { reached "$1" "$2/udp"; }
    look_at_newcomers`;
  const { status, stderr } = spawnSync("bash", ["-c", text], { encoding: "utf8", timeout: 60_000 });
  return { status, stderr };
}

test("a new node whose ports are reached is passed; itself and those with a name are not asked", () => {
  expect(look('[[ $1 == 10.0.0.3 ]] || echo "asked $1" >&2')).toEqual({ status: 0, stderr: "" });
});

test.each(["7946/tcp", "7946/udp", "4789/udp"])(
  "%s that is closed is a fault that names node and port",
  port => {
    const { status, stderr } = look(`[[ $2 != ${port} ]]`);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^worker: error: does not reach: worker-1 \(10\.0\.0\.3\) \d+\/\w+\. The cloud firewall/m,
    );
    expect(stderr).toContain(` ${port}. `);
  },
);

test("all that is closed is named at once", () => {
  expect(look("false").stderr).toContain("worker-1 (10.0.0.3) 7946/tcp 7946/udp 4789/udp. ");
});

test("another version of the engine is a warning", () => {
  const { status, stderr } = look("true", "29.7.2");
  expect(status).toBe(0);
  expect(stderr).toMatch(/^worker-1: warning: it has Docker 29\.7\.2, and this manager 26\.1\.5\. /);
});
