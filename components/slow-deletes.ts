/**
 * For what DigitalOcean takes long to delete at times. The provider waits two minutes for a VPC to be empty, and one for
 * all that the deletion of a droplet takes; then `destroy` fails. Of a droplet's last step, until it is gone, it waits for
 * a minute whatever is said here. Firewalls, keys and reserved IPs are deleted by one request.
 */
export const SLOW_DELETES = { delete: "10m" };
