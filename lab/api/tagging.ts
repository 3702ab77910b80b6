/** Tag names, and the tags themselves. */
import { unprocessable } from "./errors";
import type { TagRecord } from "./records";
import type { Store } from "./store";

/** DigitalOcean's rule for a tag's name. */
const TAG_NAME = /^[a-zA-Z0-9_:-]{1,255}$/;

/** Finds the tag whose name differs in its capitals at most: there is one of each. Its name is as it was created. */
function findTag(store: Store, name: string): TagRecord | undefined {
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
 * The names of tags that must exist, each once. Capitals count wherever a tag is named, as DigitalOcean documents it.
 * @throws 422 if one does not exist.
 */
export function requireTags(store: Store, names: readonly string[]): string[] {
  const found = names.map(name => {
    checkTagName(name);
    if (store.tags.get(name) === undefined) throw unprocessable(`tag ${name} does not exist`);
    return name;
  });
  return [...new Set(found)];
}
