/** What join.sh gets; a test changes what it is about. */
export const JOIN = {
  CLUSTER: "the-cluster",
  TOKEN: "SWMTKN-1-very-secret",
  PEERS: "",
  ADVERTISE: "10.110.0.60:2377",
  LISTEN: "0.0.0.0:2377",
  DATA_PATH: "",
  DATA_PATH_PORT: 4789,
  BOOT_SECONDS: 1,
  JOIN_SECONDS: 15,
  GENERATION: 0,
  RECONCILE: "",
  KNOWN: "",
};
