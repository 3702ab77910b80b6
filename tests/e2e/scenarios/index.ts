import type { Scenario } from "../scenario";
import { ACCESS } from "./access";
import { ACCOUNT } from "./account";
import { CHANGES } from "./changes";
import { DESTROY } from "./destroy";
import { ENGINES } from "./engines";
import { FAULTS } from "./faults";
import { FORMS } from "./forms";
import { GENERATION } from "./generation";
import { HOSTS } from "./hosts";
import { KILLS } from "./kills";
import { LOST_HOSTS, LOST_WHILE_CHANGING } from "./lost-hosts";
import { PORTS } from "./ports";
import { PROJECTS } from "./projects";
import { QUORUM } from "./quorum";
import { RECONCILE } from "./reconcile";
import { ROTATIONS } from "./rotations";
import { SECURITY } from "./security";
import { CONTAINERS } from "./security-containers";
import { CONTROL_PLANE } from "./security-control-plane";
import { CREDENTIALS } from "./security-credentials";
import { DOCKER_API } from "./security-docker-api";
import { LIFETIME } from "./security-lifetime";
import { PLANES } from "./security-planes";
import { SECRETS } from "./security-secrets";
import { STOCK } from "./stock";
import { STOCK_CLUSTERS } from "./stock-clusters";
import { VOLUMES } from "./volumes";

/** Scenarios that run in this order: each starts from whatever cluster the one before left. */
export const GROUPS: readonly (readonly Scenario[])[] = [
  FORMS,
  CHANGES,
  FAULTS,
  QUORUM,
  LOST_WHILE_CHANGING,
  ...LOST_HOSTS.map(scenario => [scenario]),
  PORTS,
  RECONCILE,
  GENERATION,
  KILLS,
  ROTATIONS,
  DESTROY,
  ACCOUNT,
  ACCESS,
  HOSTS,
  PROJECTS,
  SECURITY,
  CREDENTIALS,
  CONTAINERS,
  DOCKER_API,
  SECRETS,
  CONTROL_PLANE,
  LIFETIME,
  PLANES,
  STOCK,
  STOCK_CLUSTERS,
  ENGINES,
  VOLUMES,
];
