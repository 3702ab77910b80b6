/** Tag names, and the tags themselves. */
import { unprocessable } from "./errors";
import type { TagRecord } from "./records";
import type { Store } from "./store";

/** DigitalOcean's rule for a tag's name. */
const TAG_NAME = /^[a-zA-Z0-9_:-]{1,255}$/;

/** Finds a tag. Case does not matter to find it, but the capitals it was created with are its name. */
export function findTag(store: Store, name: string): TagRecord | undefined {
  const wanted = name.toLowerCase();
  return store.tags.get(name) ?? store.tags.all().find(tag => tag.name.toLowerCase() === wanted);
}

/** @throws 422 if this cannot be a tag's name. */
export function checkTagName(name: string): void {
  if (!TAG_NAME.test(name)) {
    throw unprocessable(
      "Tag name is invalid: up to 255 letters, numbers, colons, dashes and underscores are allowed.",
    );
  }
}

/**
 * The tag of this name, created if there is none: DigitalOcean does so when a droplet is created with it.
 * @throws 422 if this cannot be a tag's name.
 */
export function ensureTag(store: Store, name: string): TagRecord {
  checkTagName(name);
  const found = findTag(store, name);
  if (found !== undefined) return found;
  const tag: TagRecord = { name };
  store.tags.put(tag);
  store.changed();
  return tag;
}

/**
 * The canonical names of tags that must exist, each once.
 * @throws 422 if one does not exist.
 */
export function requireTags(store: Store, names: readonly string[]): string[] {
  const found = names.map(name => {
    checkTagName(name);
    const tag = findTag(store, name);
    if (tag === undefined) throw unprocessable(`tag ${name} does not exist`);
    return tag.name;
  });
  return [...new Set(found)];
}
