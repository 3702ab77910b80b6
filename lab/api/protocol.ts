/**
 * What all answers have in common: the bearer token, the rate limits and their headers, DigitalOcean's error form,
 * the request id, faults, and that nothing is answered before it is saved.
 */
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";

import { messageOf } from "../engine/errors";
import type { App, Context } from "./context";
import { ApiError, errorId } from "./errors";
import type { Fault } from "./faults";
import type { RateLimit } from "./rate-limit";
import type { Shape } from "./shapes";

/** What {@link installProtocol} needs besides the context. */
export interface ProtocolOptions {
  readonly rate: RateLimit;
  readonly log: (line: string) => void;
}

/** Whether a path is the lab's own, which needs no token and counts for no limit. */
function isLabPath(url: string): boolean {
  return url.startsWith("/lab/");
}

function errorBody(status: number, message: string, requestId: string): Shape {
  return { id: errorId(status), message, request_id: requestId };
}

/** Installs the hooks and handlers. To be called before any route is added. */
export function installProtocol(app: App, context: Context, options: ProtocolOptions): void {
  const { rate, log } = options;
  const lateFaults = new WeakMap<FastifyRequest, Fault>();

  acceptEmptyJson(app);

  app.addHook("onRequest", async (request, reply) => {
    void reply.header("x-request-id", request.id);
    if (isLabPath(request.url)) return;
    const state = rate.take();
    void reply.headers({
      "ratelimit-limit": state.limit,
      "ratelimit-remaining": state.remaining,
      "ratelimit-reset": state.reset,
    });
    if (!/^Bearer +\S+$/i.test(request.headers.authorization ?? "")) {
      throw new ApiError(401, "Unable to authenticate you");
    }
    if (state.retryAfter !== undefined) {
      void reply.header("retry-after", state.retryAfter);
      throw new ApiError(429, "API rate limit exceeded.");
    }
    const fault = context.faults.hit(request.method, request.url);
    if (fault?.effect === "before") throw new ApiError(fault.status, fault.message);
    if (fault !== undefined) lateFaults.set(request, fault);
    await context.behaviour.pause(context.behaviour.now.responseMs);
  });

  app.addHook("onSend", async (request, reply, payload) => {
    // A client that has an answer may rely on it, so the state is on disk first.
    await context.store.flush();
    const fault = lateFaults.get(request);
    if (fault === undefined) return payload;
    void reply.code(fault.status).type("application/json; charset=utf-8");
    return JSON.stringify(errorBody(fault.status, fault.message, request.id));
  });

  app.addHook("onResponse", (request, reply, done) => {
    if (!isLabPath(request.url)) {
      context.requests.add({
        time: new Date().toISOString(),
        method: request.method,
        path: request.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      });
    }
    done();
  });

  app.setErrorHandler<FastifyError | ApiError>((error, request, reply) => {
    const status = answerStatus(error);
    if (status >= 500 && !(error instanceof ApiError)) {
      log(`${request.method} ${request.url} failed: ${messageOf(error)}`);
    }
    return sendError(request, reply, status, status === 404 ? NOT_FOUND : error.message);
  });
  app.setNotFoundHandler((request, reply) => sendError(request, reply, 404, NOT_FOUND));
}

const NOT_FOUND = "The resource you were accessing could not be found.";

function sendError(request: FastifyRequest, reply: FastifyReply, status: number, message: string) {
  return reply.code(status).send(errorBody(status, message, request.id));
}

function answerStatus(error: FastifyError | ApiError): number {
  if (error instanceof ApiError) return error.status;
  if (error.validation !== undefined) {
    // A path that is no id names nothing; a body that does not fit is well-formed JSON that cannot be processed.
    if (error.validationContext === "params") return 404;
    return error.validationContext === "body" ? 422 : 400;
  }
  return error.statusCode !== undefined && error.statusCode >= 400 ? error.statusCode : 500;
}

/** The provider's client sends `Content-Type: application/json` with requests that have no body, DELETE above all. */
function acceptEmptyJson(app: App): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body: string, done) => {
    if (body === "") done(null, undefined);
    else void parse(request, body, done);
  });
}
