/** What went wrong, in words for the person who wanted to watch. */

const BY_STATUS = {
  401: ["Please sign in", "Your sign-in has ended. Sign in again to go on watching."],
  403: ["You may not watch this", "Access to this video has ended. Reload the page to see whether you still may."],
  404: ["The video is not here", "Its owner has deleted it or made it private."],
  410: ["The video is gone", "It has been deleted."],
  429: ["That was too often", "The site asks for a little patience. Try again in a minute."],
};

function forNetwork(status) {
  if (BY_STATUS[status]) return BY_STATUS[status];
  if (navigator.onLine === false) return ["You are offline", "Check your connection, then try again."];
  if (status >= 500) return ["The site has trouble", "It could not send the video just now. Try again in a moment."];
  return ["The connection was lost", "The video could not be loaded. Check your connection, then try again."];
}

/** kind: network, media (it arrived but cannot be shown) or browser (it cannot play such video at all). */
export function explain({ kind, status, detail }) {
  const sentences = {
    network: () => forNetwork(status),
    media: () => ["The video cannot be shown", "Your browser could not decode it. Another quality may work."],
    browser: () => ["This browser cannot play the video", "Use a current version of Chrome, Edge, Firefox or Safari."],
  };
  const [title, text] = sentences[kind]();
  // No answer at all: as soon as the connection is back, it is worth another try.
  return { title, text, status, isPassing: kind === "network" && !status, detail: [detail, status].filter(Boolean).join(", ") };
}
