/** What droplets get packages from: two ports of the gateway's address on the lab's public network. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import {
  createServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from "node:http";
import type { Server } from "node:net";
import * as path from "node:path";

import type { Report } from "../engine/prerequisites";
import { approxServer } from "./approx";
import { ensureRepository, repositoriesDirectory } from "./repository";

/** Where the Debian mirror answers, behind a cache, at `/debian`. */
export const MIRROR_PORT = 3142;
/** Where the repository like Docker's answers, at `/linux/debian`. */
export const REPOSITORY_PORT = 3143;

/** Whether a request is to fail, and how; see the lab's faults. */
export type Refusal = (method: string, path: string) => { readonly status: number } | undefined;

/** The package servers of one lab. They start with the first droplet that needs them. */
export class PackageServers {
  private readonly refusal: Refusal;
  private started: Promise<void> | undefined;
  private servers: Server[] = [];

  public constructor(refusal: Refusal) {
    this.refusal = refusal;
  }

  /**
   * Starts them, unless they run.
   * @param gateway - This machine's address on the lab's public network.
   * @throws If the repository cannot be built, or the address is in use.
   */
  public start(gateway: string, report: Report): Promise<void> {
    this.started ??= this.listen(gateway, report).catch((error: unknown) => {
      this.started = undefined;
      throw error;
    });
    return this.started;
  }

  /** Ends them, with all connections. */
  public close(): void {
    for (const server of this.servers) server.close();
    this.servers = [];
  }

  private async listen(gateway: string, report: Report): Promise<void> {
    const repository = repositoryServer(await ensureRepository(report), this.refusal);
    const cache = await approxServer(repositoriesDirectory(), report);
    await listen(repository, gateway, REPOSITORY_PORT);
    this.servers.push(repository);
    await listen(cache, gateway, MIRROR_PORT);
    this.servers.push(cache);
    report(`droplets get packages from ${gateway}`);
  }
}

/** Serves a repository's files, and nothing outside of it. */
export function repositoryServer(directory: string, refusal: Refusal = () => undefined): HttpServer {
  return createServer((request, response) => {
    answer(directory, refusal, request, response).catch(() => response.destroy());
  });
}

async function answer(
  directory: string,
  refusal: Refusal,
  { method = "GET", url = "/" }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const end = (status: number) => response.writeHead(status).end(`${status}\n`);
  const fault = refusal(method, url);
  if (fault !== undefined) return void end(fault.status);
  if (method !== "GET" && method !== "HEAD") return void end(405);
  // An absolute path, once normalized, has no way up.
  const file = path.join(directory, path.normalize(`/${decodeURIComponent(url.split("?")[0] ?? "")}`));
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) return void end(404);
  response.writeHead(200, { "content-length": found.size });
  if (method === "HEAD") return void response.end();
  createReadStream(file)
    .on("error", () => response.destroy())
    .pipe(response);
}

/** Listens at an address of this machine; port 0 is any that is free. */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", error => {
      reject(new Error(`could not listen at ${host}:${port}: ${error.message}`, { cause: error }));
    });
    server.listen(port, host, () => resolve());
  });
}
