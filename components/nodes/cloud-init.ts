import { isMap, parseDocument, type Tags } from "yaml";

import type { Report } from "../reader";

/** What a user adds to the first boot, parsed. */
export interface Extra {
  /** Keys of cloud-config, without `runcmd`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** A program that runs before the preparation; empty for none. */
  readonly script: string;
}

/** cloud-init reads YAML 1.1: `no` is a truth value there, and 0644 an octal number. JSON has no more than these. */
const YAML = {
  version: "1.1",
  customTags: (tags: Tags) => tags.filter(tag => typeof tag !== "object" || !OTHER.test(tag.tag)),
} as const;
const OTHER = /:(binary|omap|pairs|set|timestamp)$/;
/** DigitalOcean takes 64 KiB of user data; the program's own part is below 24. */
const MOST_BYTES = 40 * 1024;
const HOST_KEY = "concerns the host's SSH key, by which this program knows its hosts";
const LOGIN = "concerns the login over SSH, which this program needs";
const MODULES = "concerns which of cloud-init's modules run, and this program needs its own";
const HOSTNAME = "gives the host another name than its droplet's, which the node is known by";
/** Keys that are the program's own, or would be its end. */
const REFUSED: Readonly<Record<string, string>> = {
  ssh_keys: HOST_KEY,
  ssh_deletekeys: HOST_KEY,
  ssh_genkeytypes: HOST_KEY,
  ssh_pwauth: LOGIN,
  disable_root: LOGIN,
  disable_root_opts: LOGIN,
  allow_public_ssh_keys: LOGIN,
  user: LOGIN,
  vendor_data: "concerns DigitalOcean's own settings, which the login as root is one of",
  hostname: HOSTNAME,
  fqdn: HOSTNAME,
  power_state: "turns the host off, or reboots it, while it joins the swarm",
  merge_how: "is not needed: lists of commands and files are appended to the program's",
  merge_type: "is not needed: lists of commands and files are appended to the program's",
  cloud_init_modules: MODULES,
  cloud_config_modules: MODULES,
  cloud_final_modules: MODULES,
  datasource: MODULES,
  datasource_list: MODULES,
};

/** cloud-config as text. JSON is YAML without its riddles; what YAML takes for unprintable is escaped. */
export function cloudConfig(config: object): string {
  const escape = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `#cloud-config\n${JSON.stringify(config).replace(/[\x7f-\x9f\ufeff\ufffe\uffff]/g, escape)}\n`;
}

/**
 * The program's config with the user's: lists are appended.
 * @throws Where another key is in both; what is refused beforehand never comes here.
 */
export function withExtra(own: Readonly<Record<string, unknown>>, extra: Extra["config"]): object {
  const added = Object.entries(extra).map(([key, value]) => {
    const ours = own[key];
    if (ours === undefined) return [key, value];
    if (Array.isArray(ours) && Array.isArray(value))
      return [key, [...(ours as unknown[]), ...(value as unknown[])]];
    throw new Error(`cloudInit.${key} is set by the program itself`);
  });
  return { ...own, ...(Object.fromEntries(added) as object) };
}

/** Reads cloud-config or a script. It may be secret: no fault quotes it. */
export function parseCloudInit(text: string, report: Report): Extra {
  const lines = text.replaceAll("\r\n", "\n");
  const extra = lines.startsWith("#!") ? { config: {}, script: lines } : parseConfig(lines, report);
  const bytes = Buffer.byteLength(cloudConfig(extra));
  if (bytes > MOST_BYTES) report(`takes ${bytes} bytes of the user data, which has room for ${MOST_BYTES}`);
  return extra;
}

function parseConfig(text: string, report: Report): Extra {
  const none: Extra = { config: {}, script: "" };
  if (text === "") return none;
  if (!/^#cloud-config\s*(\n|$)/.test(text)) {
    report(
      "is neither cloud-config, whose first line is `#cloud-config`, nor a script, which starts with `#!`",
    );
    return none;
  }
  const document = parseDocument(text, YAML);
  const [error] = [...document.errors, ...document.warnings];
  if (error) {
    const [{ line, col } = { line: 0, col: 0 }] = error.linePos ?? [];
    report(`is no YAML: line ${line}, column ${col}: ${error.code}`);
    return none;
  }
  if (document.contents === null) return none;
  if (!isMap(document.contents)) {
    report("is no cloud-config: it has no keys such as `write_files` or `runcmd`");
    return none;
  }
  const { runcmd, ...config } = document.toJS() as Record<string, unknown>;
  for (const key of Object.keys(config)) {
    const reason = REFUSED[key];
    if (reason !== undefined) report(reason, `.${key}`);
  }
  for (const file of listOf(config, "write_files", report)) checkFile(file, report);
  listOf(config, "bootcmd", report);
  const users = listOf(config, "users", report);
  if (users.length > 0 && !users.includes("default"))
    report("leaves out `default`, the user whom this program may log in as: begin with that", ".users");
  return { config, script: scriptOf(listOf({ runcmd }, "runcmd", report), report) };
}

function listOf(config: Readonly<Record<string, unknown>>, key: string, report: Report): readonly unknown[] {
  const value = config[key] ?? [];
  if (Array.isArray(value)) return value as unknown[];
  report("is no list", `.${key}`);
  return [];
}

function checkFile(file: unknown, report: Report): void {
  const path = (file as Record<string, unknown> | null)?.path;
  if (typeof path !== "string") report("has a file without a `path`", ".write_files");
  else if (path.includes("digitalocean-swarm")) report(`"${path}" is the program's own`, ".write_files");
}

/** As cloud-init makes a script of commands, but one that ends with the first that fails. */
function scriptOf(commands: readonly unknown[], report: Report): string {
  const lines = commands.flatMap((command, i) => {
    if (command === null) return [];
    if (typeof command === "string") return [command];
    if (Array.isArray(command)) return [command.map(word => quoted(String(word))).join(" ")];
    report("is neither text nor a list of words", `.runcmd[${i}]`);
    return [];
  });
  return lines.length === 0 ? "" : ["#!/bin/sh -e", ...lines, ""].join("\n");
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
