/** Errors in DigitalOcean's form: `{"id", "message", "request_id"}` with the HTTP status that belongs to the id. */

/** DigitalOcean's error ids, by HTTP status. */
const IDS: Readonly<Record<number, string>> = {
  400: "bad_request",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  412: "precondition_failed",
  422: "unprocessable_entity",
  429: "too_many_requests",
  500: "server_error",
  502: "bad_gateway",
  503: "service_unavailable",
  504: "gateway_timeout",
};

/** DigitalOcean's id of an HTTP status; `error` for one that it does not document. */
export function errorId(status: number): string {
  return IDS[status] ?? (status >= 500 ? "server_error" : "error");
}

/** An answer other than success. Its message is sent to the client, so it holds no secret. */
export class ApiError extends Error {
  public constructor(
    public readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** 404, in DigitalOcean's words. */
export function notFound(): ApiError {
  return new ApiError(404, "The resource you were accessing could not be found.");
}

/** 422: the request is well formed, but cannot be done. */
export function unprocessable(message: string): ApiError {
  return new ApiError(422, message);
}
