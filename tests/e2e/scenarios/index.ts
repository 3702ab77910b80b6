import type { Scenario } from "../scenario";
import { CHANGES } from "./changes";
import { DESTROY } from "./destroy";
import { ENDPOINT } from "./endpoint";
import { FAULTS } from "./faults";
import { FORMS } from "./forms";
import { KILLS } from "./kills";
import { LIFETIME } from "./security-lifetime";
import { SECURITY } from "./security";
import { CONTROL_PLANE } from "./security-control-plane";
import { DOCKER_API } from "./security-docker-api";
import { SECRETS } from "./security-secrets";

/** All scenarios, in the order in which they run: each starts from whatever cluster the one before left. */
export const SCENARIOS: readonly Scenario[] = [
  ...FORMS,
  ...CHANGES,
  ...FAULTS,
  ...KILLS,
  ...SECURITY,
  ...DOCKER_API,
  ...CONTROL_PLANE,
  ...SECRETS,
  ...LIFETIME,
  ...ENDPOINT,
  ...DESTROY,
];
