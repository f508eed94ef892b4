/** Says in words what became of an htmx request that failed, and lets polling wait while people are at work. */
import { toast } from "./toasts.js";

const SENTENCES = {
  401: "You are signed out. Sign in and try again.",
  403: "You may not do this.",
  404: "This is not here any more. Reload the page.",
  409: "Somebody changed this meanwhile. Reload the page and try again.",
  413: "This is too large.",
  429: "That was too often. Wait a moment and try again.",
  503: "The site is busy. Try again in a moment.",
};

function sentence(status) {
  if (SENTENCES[status]) return SENTENCES[status];
  return status >= 500 ? "Something went wrong on the site. Try again in a moment." : "This did not work.";
}

/** What nobody asked for and is asked again by itself: one missed answer is not worth a message. */
function isPolling(element) {
  return /every|again/.test(element?.getAttribute?.("hx-trigger") ?? "");
}

/** What is being used is not changed under the hand: an open menu or dialog, a control with the focus. */
function isInUse(element) {
  return Boolean(element.querySelector("details[data-menu][open], :popover-open, select:focus, input:focus"));
}

function onBeforeRequest(event) {
  const { sourceElement } = event.detail.ctx;
  if (isPolling(sourceElement) && isInUse(sourceElement)) event.preventDefault();
}

function onBadAnswer(event) {
  const { ctx } = event.detail;
  if (ctx.sourceElement?.hasAttribute?.("data-reset-if-refused")) ctx.sourceElement.reset();
  const broughtItsOwn = ctx.hx?.trigger?.includes("toast");
  const showsTheForm = ctx.response.status === 422;
  if (broughtItsOwn || showsTheForm || isPolling(ctx.sourceElement)) return;
  toast({ message: sentence(ctx.response.status), kind: "bad" });
}

function onNoAnswer(event) {
  if (!event.detail.ctx || isPolling(event.detail.ctx.sourceElement)) return;
  toast({ message: "The site did not answer. Check your connection and try again.", kind: "bad" });
}

export function watchRequests() {
  document.addEventListener("htmx:before:request", onBeforeRequest);
  document.addEventListener("htmx:response:error", onBadAnswer);
  document.addEventListener("htmx:error", onNoAnswer);
}
