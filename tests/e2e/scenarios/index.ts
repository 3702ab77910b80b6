import type { Scenario } from "../scenario";
import { CHANGES } from "./changes";
import { DESTROY } from "./destroy";
import { ENDPOINT } from "./endpoint";
import { ENGINES } from "./engines";
import { FAULTS } from "./faults";
import { FORMS } from "./forms";
import { KILLS } from "./kills";
import { QUORUM } from "./quorum";
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

/** Scenarios that run in this order: each starts from whatever cluster the one before left. */
export const GROUPS: readonly (readonly Scenario[])[] = [
  FORMS,
  CHANGES,
  FAULTS,
  QUORUM,
  KILLS,
  ROTATIONS,
  ENDPOINT,
  DESTROY,
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
];
