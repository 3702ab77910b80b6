/** Stands for a value that a preview does not know. */
export const UNKNOWN = "<unknown>";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A value without its secrets' wrapping; their paths are added to `secrets`. */
export function unwrap(value: unknown, path: string, secrets: string[]): unknown {
  if (value === UNKNOWN_VALUE) return UNKNOWN;
  if (Array.isArray(value)) return value.map((item, i) => unwrap(item, `${path}[${i}]`, secrets));
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Record<string, unknown>;
  if (fields[SIGNATURE] === SECRET) {
    secrets.push(path);
    return unwrap(fields.value, path, secrets);
  }
  return Object.fromEntries(
    Object.entries(fields).map(([key, item]) => [key, unwrap(item, path ? `${path}.${key}` : key, secrets)]),
  );
}
