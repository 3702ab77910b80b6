import { isDeepStrictEqual } from "node:util";

import { ApiClient } from "../lab/client";
import { messageOf } from "../lab/engine/errors";
import { certRequest, locallySignedCert, selfSignedCert } from "./certificates";
import { command } from "./command";
import { deleteInOrder } from "./deletes";
import { autoName, decide, withIgnored } from "./diff";
import { digitalOcean } from "./digitalocean";
import { type Entry, type Handler, type Props, shortType } from "./entry";
import { type Function, functions } from "./functions";
import type { Journal } from "./journal";
import type { Registered, Registration } from "./registration";
import { privateKey } from "./tls";

/** How a stack is run. */
export interface StackOptions {
  readonly endpoint: string;
  readonly token: string;
  /** Logical names of resources that are replaced though nothing about them changed. */
  readonly replace?: readonly string[];
  /** Nothing is done. */
  readonly preview?: boolean;
  readonly say: (line: string) => void;
}

/** What a run did, by resource. */
export interface Changes {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  readonly same: number;
}

type Op = keyof Changes;
const SIGNS: Record<Op, string> = { create: "+", update: "~", replace: "+-", delete: "-", same: " " };
const DONE: Record<Op, string> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
  same: "unchanged",
};

/** The resources of one stack, in reality and in the journal. */
export class Stack {
  public readonly changes: Record<Op, number> = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  public readonly errors: string[] = [];
  private readonly handlers: Readonly<Record<string, Handler>>;
  private readonly functions: Readonly<Record<string, Function>>;
  private readonly registered = new Set<string>();
  private readonly failed = new Set<string>();
  private readonly replacedNow = new Set<string>();

  public constructor(
    private readonly journal: Journal,
    private readonly options: StackOptions,
  ) {
    const api = new ApiClient(options.endpoint, options.token);
    this.functions = functions(api);
    this.handlers = {
      ...digitalOcean(api),
      "command:remote:Command": command((name, line) => options.say(`    ${name}: ${line}`)),
      "tls:index/privateKey:PrivateKey": privateKey,
      "tls:index/certRequest:CertRequest": certRequest,
      "tls:index/selfSignedCert:SelfSignedCert": selfSignedCert,
      "tls:index/locallySignedCert:LocallySignedCert": locallySignedCert,
    };
  }

  /** Whether something that this is made from failed: then it is not run. */
  public isBlocked(urn: string, dependencies: readonly string[]): boolean {
    this.registered.add(urn);
    const blocked = dependencies.some(dependency => this.failed.has(dependency));
    if (blocked) this.failed.add(urn);
    return blocked;
  }

  public fail(urn: string, type: string, name: string, error: unknown): void {
    this.failed.add(urn);
    this.errors.push(`${shortType(type)} ${name}: ${messageOf(error)}`);
    this.options.say(`!  ${shortType(type)} ${name} failed: ${messageOf(error)}`);
  }

  /** Makes reality of one resource of the program. */
  public async register(wanted: Registration): Promise<Registered> {
    const handler = this.handlerOf(wanted.type);
    const old = this.journal.current(wanted.urn);
    let inputs = withIgnored(wanted.inputs, old?.inputs, wanted.ignoreChanges);
    const autoNamed = handler.autoName === true && wanted.inputs.name === undefined;
    if (autoNamed && inputs.name === undefined)
      inputs = { ...inputs, name: old?.inputs.name ?? autoName(wanted.name) };
    const forced =
      (this.options.replace ?? []).includes(wanted.name) || this.replacedNow.has(wanted.deletedWith ?? "");
    const { op, changed } = decide(handler, old, inputs, forced);
    if (op === "replace" && autoNamed) inputs = { ...inputs, name: autoName(wanted.name) };
    if (op === "replace") this.replacedNow.add(wanted.urn);

    const kept = wanted.ignoreChanges.length > 0 ? (old?.secrets ?? []) : [];
    const about = {
      urn: wanted.urn,
      type: wanted.type,
      name: wanted.name,
      inputs,
      secrets: [...new Set([...wanted.secrets, ...(handler.secretOutputs ?? []), ...kept])].sort(),
      autoNamed,
      dependencies: [...wanted.dependencies].sort(),
      ...(wanted.deletedWith ? { deletedWith: wanted.deletedWith } : {}),
      ...(wanted.deleteSeconds ? { deleteSeconds: wanted.deleteSeconds } : {}),
    };
    const entry = await this.timed(op, about, changed, () =>
      this.options.preview
        ? Promise.resolve(foreseen(op, handler, old, about))
        : this.act(op, handler, old, about),
    );
    return {
      ...(entry.id === "" ? {} : { id: entry.id }),
      state: { ...entry.inputs, ...entry.outputs },
      secrets: entry.secrets,
    };
  }

  /** Answers a call of a provider's function, in a preview too. */
  public async call(token: string, inputs: Props): Promise<Props> {
    const answer = this.functions[token];
    if (!answer) throw new Error(`the rehearsal does not know the function ${token}`);
    return answer(inputs);
  }

  /** Deletes what was replaced, and what the program has no more. */
  public async prune(): Promise<void> {
    await this.remove(
      this.journal.all().filter(({ urn, replaced }) => (replaced ?? false) || !this.registered.has(urn)),
    );
  }

  /** Deletes everything. */
  public async destroy(): Promise<void> {
    await this.remove(this.journal.all());
  }

  /** Looks what is still there; forgets the rest, and takes over what somebody else changed. */
  public async refresh(): Promise<void> {
    const waiting = this.journal.all();
    const worker = async () => {
      for (let entry = waiting.shift(); entry; entry = waiting.shift()) {
        const { read } = this.handlerOf(entry.type);
        const found = read ? await read(entry) : {};
        const op = !found ? "delete" : Object.keys(found).length > 0 ? "update" : "same";
        this.changes[op]++;
        if (!found) this.journal.drop(entry.seq);
        else if (op === "update") this.journal.put({ ...entry, inputs: { ...entry.inputs, ...found } });
        if (op === "same") continue;
        const what = found ? `differs: ${Object.keys(found).join(", ")}` : "is gone";
        this.options.say(`${SIGNS[op]}  ${shortType(entry.type)} ${entry.name} ${what}`);
      }
    };
    await Promise.all(Array.from({ length: 10 }, worker));
  }

  private async act(
    op: Op,
    handler: Handler,
    old: Entry | undefined,
    about: Omit<Entry, "seq" | "id" | "outputs">,
  ): Promise<Entry> {
    let entry: Entry;
    if (old && (op === "same" || op === "update")) {
      const outputs = op === "update" ? await handler.update?.(old, about.inputs) : undefined;
      entry = { ...about, seq: old.seq, id: old.id, outputs: outputs ?? old.outputs };
      if (!isDeepStrictEqual(entry, old)) this.journal.put(entry);
    } else {
      const made = await handler.create(about.inputs, about.name);
      entry = { ...about, ...made, seq: this.journal.newSeq() };
      this.journal.put(...(old ? [{ ...old, replaced: true }] : []), entry);
    }
    return entry;
  }

  private async remove(entries: readonly Entry[]): Promise<void> {
    const going = new Set(entries.map(({ urn }) => urn));
    await deleteInOrder(entries, async entry => {
      try {
        // A replaced one was counted when its successor was made.
        const op = entry.replaced && this.replacedNow.has(entry.urn) ? undefined : "delete";
        await this.timed("delete", entry, [], async () => {
          if (this.options.preview) return;
          if (!going.has(entry.deletedWith ?? "")) await this.handlerOf(entry.type).delete?.(entry);
          this.journal.drop(entry.seq);
        });
        if (!op) this.changes.delete--;
        return true;
      } catch (error) {
        this.fail(entry.urn, entry.type, entry.name, error);
        return false;
      }
    });
  }

  private async timed<T>(
    op: Op,
    { type, name }: { type: string; name: string },
    changed: readonly string[],
    work: () => Promise<T>,
  ): Promise<T> {
    const start = Date.now();
    const result = await work();
    this.changes[op]++;
    if (op !== "same") {
      const because = changed.length > 0 ? ` (${changed.join(", ")})` : "";
      const when = this.options.preview ? "" : ` ${((Date.now() - start) / 1000).toFixed(1)} s`;
      const done = this.options.preview ? `to be ${DONE[op]}` : DONE[op];
      this.options.say(`${SIGNS[op].padEnd(2)} ${shortType(type)} ${name} ${done}${when}${because}`);
    }
    return result;
  }

  private handlerOf(type: string): Handler {
    const handler = this.handlers[type];
    if (!handler) throw new Error(`the rehearsal does not know resources of type ${type}`);
    return handler;
  }
}

/** What a preview can say: outputs that only the real thing would give are missing, and so unknown. */
function foreseen(
  op: Op,
  handler: Handler,
  old: Entry | undefined,
  about: Omit<Entry, "seq" | "id" | "outputs">,
): Entry {
  if (!old || op === "create" || op === "replace") return { ...about, seq: 0, id: "", outputs: {} };
  const outputs = op === "update" && handler.volatile ? {} : old.outputs;
  return { ...about, seq: 0, id: old.id, outputs };
}
