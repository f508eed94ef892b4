/**
 * Going to other pages of the site without leaving the document: while uploads run, links and forms replace what is
 * inside of #page, and the uploads live on outside of it. At all other times the browser navigates by itself.
 *
 * htmx asks, swaps and keeps the history; this brings along what stands outside of #page (head, body's attributes,
 * scripts), ends what the old page had begun, and puts scroll and focus where a new page has them.
 */
import { enterPage, leavePage } from "../basics/pages.js";
import { toast } from "./toasts.js";

const KEPT_HEAD = "script, style, link[rel='stylesheet'], link[rel='icon'], meta[charset], meta[name='viewport'], meta[name='htmx-config'], title";
const ROUTE = { target: "#page", select: "#page", swap: "outerSync" };

let isNeeded = () => false;
let isOn = false;
let travelling = null;
let arriving = null;

/** From now on, the document is kept as long as `isNeeded()` says so when somebody goes on. */
export function stayWhile(needed) {
  isNeeded = needed;
  if (isOn) return;
  isOn = true;
  window.htmx.config.history = true; // pages are fetched anew when going back, too, instead of being reloaded
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("htmx:before:history:restore", onRestore);
  document.addEventListener("htmx:config:request", onAsk);
  document.addEventListener("htmx:before:response", onAnswer);
  document.addEventListener("htmx:after:request", onRedirect);
  document.addEventListener("htmx:before:swap", onBeforeSwap);
  document.addEventListener("htmx:after:swap", onAfterSwap);
}

/** Shows the page that is here anew, as for who has signed in meanwhile. */
export function revisit() {
  ask("GET", location.href, { push: null });
}

/** The last click counts: what was asked for before is not waited for. */
function ask(method, address, more = {}) {
  travelling?.request.abort?.();
  window.htmx.ajax(method, address, { ...ROUTE, push: "true", ...more });
}

function isOurs(address) {
  return new URL(address, location.href).origin === location.origin;
}

/** Keys and buttons by which people ask for another tab or window, or for a file. */
function isPlain(event) {
  return !event.defaultPrevented && !event.button && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
}

/** Whether the link leads to another page, in this tab. */
function leadsOn(link) {
  const isHere = !link.target || link.target === "_self";
  const isJump = link.hash && link.href.split("#")[0] === location.href.split("#")[0];
  return isHere && !isJump && isOurs(link.href) && !link.hasAttribute("download");
}

function onClick(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || !isPlain(event) || !leadsOn(link) || !isNeeded()) return;
  event.preventDefault();
  ask("GET", link.href);
}

function onSubmit(event) {
  const { target: form, submitter } = event;
  const method = (submitter?.getAttribute("formmethod") ?? form.getAttribute("method") ?? "get").toUpperCase();
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
  if (event.defaultPrevented || method === "DIALOG" || !isOurs(action) || form.target || !isNeeded()) return;
  event.preventDefault();
  ask(method, action, { source: form, event });
}

/** Going back when nothing is uploaded any more: the browser does it better. */
function onRestore(event) {
  travelling?.request.abort?.();
  if (isNeeded()) return;
  event.preventDefault();
  location.reload();
}

function isVisit(ctx) {
  return ctx?.target?.id === "page";
}

function onAsk(event) {
  const { ctx } = event.detail;
  if (!isVisit(ctx)) return;
  travelling = ctx;
  [ctx.request.action, ctx.request.anchor] = ctx.request.action.split("#");
}

/** Not a page (a file, a picture): a tab of its own takes it, and this one stays. */
function onAnswer(event) {
  const { ctx } = event.detail;
  if (!isVisit(ctx)) return;
  const { headers, raw } = ctx.response;
  const isPage = headers.get("Content-Type")?.includes("text/html") && !headers.get("Content-Disposition");
  if (isPage || raw.status === 204) return;
  event.preventDefault();
  window.open(raw.url);
}

/** Forms that htmx sends by itself are sometimes answered with another address: it is visited. */
function onRedirect(event) {
  const { ctx } = event.detail;
  const address = ctx.hx?.redirect ?? (ctx.hx?.refresh === "true" ? location.href : null);
  if (!address || !isOurs(address) || !isNeeded()) return;
  delete ctx.hx.redirect;
  delete ctx.hx.refresh;
  ask("GET", address, address === location.href ? { push: null } : {});
}

function onBeforeSwap(event) {
  const { ctx } = event.detail;
  if (!isVisit(ctx)) return;
  if (ctx !== travelling) return event.preventDefault(); // somebody has gone elsewhere meanwhile
  const next = new DOMParser().parseFromString(ctx.text, "text/html");
  if (!next.getElementById("page") || ctx.response.status >= 500) {
    event.preventDefault();
    if (ctx.response.status < 500) toast({ message: "That page cannot be shown here while uploads are under way.", kind: "bad" });
    return;
  }
  arriving = { next, isBack: Boolean(ctx.request.headers["HX-History-Restore-Request"]) };
  leavePage();
}

function onAfterSwap(event) {
  const { ctx } = event.detail;
  if (!arriving || !isVisit(ctx)) return;
  const { next, isBack } = arriving;
  [arriving, travelling, ctx.title] = [null, null, null];
  document.title = next.title;
  takeAttributes(document.documentElement, next.documentElement);
  takeAttributes(document.body, next.body);
  takeHead(next);
  enterPage();
  if (!isBack && !ctx.request.anchor) window.scrollTo({ top: 0, behavior: "instant" });
  document.getElementById("main")?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("vod:page"));
}

function takeAttributes(element, next) {
  for (const { name } of [...element.attributes]) if (!next.hasAttribute(name)) element.removeAttribute(name);
  for (const { name, value } of next.attributes) element.setAttribute(name, value);
}

/** Descriptions and links of the page are exchanged; its scripts are added, once. */
function takeHead(next) {
  for (const old of document.head.querySelectorAll(`:scope > :not(${KEPT_HEAD})`)) old.remove();
  document.head.append(...next.head.querySelectorAll(`:scope > :not(${KEPT_HEAD})`));
  const known = new Set(Array.from(document.querySelectorAll("script[src]"), (script) => script.src));
  for (const { src } of next.querySelectorAll("script[src]")) {
    if (known.has(src)) continue;
    const script = document.createElement("script");
    Object.assign(script, { type: "module", async: false, src }); // in their order, as those of a page
    document.head.append(script);
  }
}
