/** The wire: JSON over fetch, refusals as `Problem`, the session's token on everything that changes something. */

/** One cause of a refusal, with the field and row it concerns. */
export interface Cause {
  code: string;
  field: string | null;
  row: number | null;
  text: string;
  data: Record<string, unknown>;
}

/** What the server refused, in the user's words (RFC 9457). */
export interface ProblemBody {
  status: number;
  code: string;
  detail: string;
  data: Record<string, unknown>;
  problems: Cause[];
}

export class Problem extends Error {
  constructor(readonly body: ProblemBody) {
    super(body.detail);
    this.name = "Problem";
  }

  get status(): number {
    return this.body.status;
  }

  get code(): string {
    return this.body.code;
  }

  /** Every cause with words of its own; the refusal itself where it has no parts. */
  get causes(): Cause[] {
    return this.body.problems.length > 0
      ? this.body.problems
      : [{ code: this.body.code, field: null, row: null, text: this.body.detail, data: this.body.data }];
  }
}

/** The code of a request that got no answer: the network, or a server that is not there. */
export const UNREACHABLE = "client.unreachable";

export type Query = Record<string, string | number | boolean | null | undefined>;

interface Options {
  body?: unknown;
  query?: Query | undefined;
  /** The same request under the same key is done once: make it when the user acts, keep it for every retry. */
  key?: string;
  signal?: AbortSignal;
}

let token = "";
let onSignedOut: () => void = () => undefined;

/** The token of the session; kept in memory only. */
export function setToken(csrf: string): void {
  token = csrf;
}

/** Called when the server says that nobody is logged in. */
export function whenSignedOut(handler: () => void): void {
  onSignedOut = handler;
}

/** A key for one action of the user. */
export function actionKey(): string {
  return crypto.randomUUID();
}

export function address(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return `/api/${path}${text ? `?${text}` : ""}`;
}

async function send(method: string, path: string, options: Options): Promise<Response> {
  const isForm = options.body instanceof FormData;
  const headers: Record<string, string> = { Accept: "application/json" };
  if (options.body !== undefined && !isForm) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-CSRF-Token"] = token;
  if (options.key) headers["Idempotency-Key"] = options.key;
  const request: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.body !== undefined) request.body = isForm ? (options.body as FormData) : JSON.stringify(options.body);
  if (options.signal) request.signal = options.signal;
  try {
    return await fetch(address(path, options.query), request);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem({ status: 0, code: UNREACHABLE, detail: "", data: {}, problems: [] });
  }
}

async function refused(response: Response): Promise<Problem> {
  const fallback = { status: response.status, code: `http.${response.status}`, detail: response.statusText };
  const body = (await response.json().catch(() => ({}))) as Partial<ProblemBody>;
  return new Problem({ data: {}, problems: [], ...fallback, ...body });
}

async function call(method: string, path: string, options: Options = {}): Promise<Response> {
  const response = await send(method, path, options);
  if (response.ok) return response;
  const problem = await refused(response);
  if (problem.status === 401 && path !== "session") onSignedOut();
  throw problem;
}

async function json<T>(method: string, path: string, options?: Options): Promise<T> {
  const response = await call(method, path, options);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) =>
    json<T>("GET", path, signal ? { query, signal } : { query }),
  post: <T>(path: string, body: unknown = {}, options: Omit<Options, "body"> = {}) =>
    json<T>("POST", path, { ...options, body }),
  put: <T>(path: string, body: unknown, options: Omit<Options, "body"> = {}) =>
    json<T>("PUT", path, { ...options, body }),
  patch: <T>(path: string, body: unknown, options: Omit<Options, "body"> = {}) =>
    json<T>("PATCH", path, { ...options, body }),
  delete: <T>(path: string, options: Options = {}) => json<T>("DELETE", path, options),
  /** A file: what came, and the name the server gives it. */
  file: async (method: "GET" | "POST", path: string, options: Options = {}) => {
    const response = await call(method, path, options);
    const said = response.headers.get("content-disposition") ?? "";
    const name = /filename\*=UTF-8''([^;]+)/i.exec(said)?.[1] ?? /filename="?([^";]+)/i.exec(said)?.[1];
    return { blob: await response.blob(), name: name ? decodeURIComponent(name) : path.replaceAll("/", "-") };
  },
};

/** Let the browser keep a file. */
export function keep(file: { blob: Blob; name: string }): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file.blob);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
