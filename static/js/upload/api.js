/** How the page talks to the site's own API: with the session's cookie and the CSRF token of the page. */

const BASE = "/api/v1";
const PAGE = "/upload";

/** An answer that is no success; status 0 means that there was none. */
export class ApiError extends Error {
  constructor(status, problem, retryAfterS = null) {
    super(problem.detail ?? "The site cannot be reached.");
    this.status = status;
    this.code = problem.code ?? "unreachable";
    this.about = problem.about ?? null;
    this.retryAfterS = retryAfterS;
  }

  /** Whether the same request may well succeed later, without anybody's help. */
  get isPassing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || (this.status >= 500 && this.status !== 507);
  }

  get isSignedOut() {
    return this.status === 401;
  }
}

/** Reads an answer that is no success; what is not from our API (a proxy's page) says nothing to people. */
async function problemOf(answer) {
  const isOurs = answer.headers.get("Content-Type")?.includes("json");
  const problem = isOurs ? await answer.json().catch(() => ({})) : {};
  const retryAfterS = Number(answer.headers.get("Retry-After")) || null;
  return new ApiError(answer.status, { detail: `The site answered with error ${answer.status}.`, ...problem }, retryAfterS);
}

function csrfMeta() {
  return document.querySelector("meta[name='csrf-token']");
}

let renewal = null;

/** After signing in again the token of this page is worth nothing: take that of a fresh one, once for all that wait. */
export function renewToken() {
  renewal ??= fetchToken().finally(() => {
    renewal = null;
  });
  return renewal;
}

async function fetchToken() {
  const answer = await fetch(PAGE, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector("meta[name='csrf-token']")?.content;
  if (!token) return;
  csrfMeta().content = token;
  document.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRFToken": token }));
}

async function send(method, path, body, options) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrfMeta().content };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    return await fetch(BASE + path, { method, headers, body: body && JSON.stringify(body), ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, {});
  }
}

/** The answer of one call; throws an ApiError when it is no success. */
export async function call(method, path, body, options = {}) {
  const token = csrfMeta().content;
  let answer = await send(method, path, body, options);
  if (answer.status === 400 && (await problemOf(answer.clone())).code === "csrf") {
    if (csrfMeta().content === token) await renewToken().catch(() => {});
    answer = await send(method, path, body, options);
  }
  if (!answer.ok) throw await problemOf(answer);
  return answer.status === 204 ? null : answer.json();
}
