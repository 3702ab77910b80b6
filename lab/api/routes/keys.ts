/** `/v2/account/keys`: SSH keys. */
import { createHash } from "node:crypto";

import { Type } from "@fastify/type-provider-typebox";

import { type App, baseOf, type Context } from "../context";
import { notFound, unprocessable } from "../errors";
import { PageQuery, paginate } from "../paging";
import type { KeyRecord } from "../records";
import { keyShape } from "../shapes";
import type { Store } from "../store";

const KEY_TYPES = /^(ssh-rsa|ssh-dss|ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|sk-\S+@openssh\.com)$/;

/**
 * The MD5 fingerprint of an OpenSSH public key, as DigitalOcean writes it: `aa:bb:...`. It identifies, and secures nothing.
 * @throws 422 if it is not an OpenSSH public key.
 */
export function fingerprintOf(publicKey: string): string {
  const [type = "", blob = ""] = publicKey.trim().split(/\s+/);
  const bytes = Buffer.from(blob, "base64");
  // The blob begins with the length and the name of the type, so a damaged key is found out.
  const named = bytes.length > 4 + type.length && bytes.subarray(4, 4 + type.length).toString() === type;
  if (!KEY_TYPES.test(type) || !named) {
    throw unprocessable("Key invalid, key should be of the format `type key [comment]`");
  }
  const digest = createHash("md5").update(bytes).digest("hex");
  return digest.match(/../g)?.join(":") ?? digest;
}

/** Finds a key by id or by fingerprint. */
export function findKey(store: Store, key: string | number): KeyRecord | undefined {
  return store.keys.all().find(record => String(record.id) === String(key) || record.fingerprint === key);
}

/** The account's SSH keys. */
export function keyRoutes(app: App, { store }: Context): void {
  const params = Type.Object({ key: Type.String() });
  const Name = Type.String({ minLength: 1, maxLength: 255 });
  const find = (key: string): KeyRecord => {
    const record = findKey(store, key);
    if (record === undefined) throw notFound();
    return record;
  };

  app.post(
    "/v2/account/keys",
    { schema: { body: Type.Object({ name: Name, public_key: Type.String() }) } },
    (request, reply) => {
      const { name, public_key } = request.body;
      const fingerprint = fingerprintOf(public_key);
      if (findKey(store, fingerprint) !== undefined) {
        throw unprocessable("SSH Key is already in use on your account");
      }
      const record: KeyRecord = { id: store.newId(), name, publicKey: public_key, fingerprint };
      store.keys.put(record);
      store.changed();
      return reply.code(201).send({ ssh_key: keyShape(record) });
    },
  );

  app.get("/v2/account/keys", { schema: { querystring: PageQuery } }, request => {
    const { items, links, meta } = paginate(store.keys.all(), request.query, request.url, baseOf(request));
    return { ssh_keys: items.map(keyShape), links, meta };
  });

  app.get("/v2/account/keys/:key", { schema: { params } }, request => ({
    ssh_key: keyShape(find(request.params.key)),
  }));

  app.put("/v2/account/keys/:key", { schema: { params, body: Type.Object({ name: Name }) } }, request => {
    const record = find(request.params.key);
    record.name = request.body.name;
    store.changed();
    return { ssh_key: keyShape(record) };
  });

  app.delete("/v2/account/keys/:key", { schema: { params } }, (request, reply) => {
    store.keys.delete(find(request.params.key).id);
    store.changed();
    return reply.code(204).send();
  });
}
