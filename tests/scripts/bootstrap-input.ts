import { type Inputs, script } from "../../components/swarm/script";

/** What report-swarm.py gets. */
export const REPORT: Inputs["report-swarm"] = {
  HOST: "manager-0-a",
  ADVERTISE: "10.110.0.10:2377",
  WORKER_ROTATION: 3,
  MANAGER_ROTATION: 0,
  CA_ROTATION: 2,
  UNLOCK_ROTATION: 1,
};
/** What bootstrap.sh gets; a test changes what it is about. */
export const BOOTSTRAP: Inputs["bootstrap"] = {
  ADVERTISE: REPORT.ADVERTISE,
  LISTEN: "0.0.0.0:2377",
  DATA_PATH: "",
  DATA_PATH_PORT: 4789,
  POOLS: "10.192.0.0/11 10.64.0.0/12",
  POOL_SIZE: 24,
  BOOT_SECONDS: 1,
  GENERATION: 0,
  OTHERS: "",
  REPORT: script("report-swarm", "manager-0", REPORT),
};
/** What a swarm keeps that was initialised with these. */
export const LABELS = {
  "digitalocean-swarm.worker-token": "3",
  "digitalocean-swarm.manager-token": "0",
  "digitalocean-swarm.root-ca": "2",
  "digitalocean-swarm.unlock-key": "1",
};
