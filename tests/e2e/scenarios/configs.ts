/** Configurations that the scenarios move between. */

/** Managers. */
export const managers = (count: number, more: object = {}) => ({ count, ...more });

/** One pool of workers, with a label. */
export const workers = (count: number, more: object = {}) => ({
  worker: { count, labels: { tier: "web" }, ...more },
});

/** Where every scenario starts that does not say otherwise. */
export const BASE = { managers: managers(3), workers: workers(2) };
