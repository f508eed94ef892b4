/** Trying again, later and later, until it works or is given up. */

const FIRST_MS = 1000;
const LONGEST_MS = 30_000;

/** Rejects like an aborted fetch does. */
export function aborted() {
  const error = new Error("aborted");
  error.name = "AbortError";
  return error;
}

/** Waits; ends early when the network comes back, and rejects when aborted. */
function pause(delay, signal) {
  return new Promise((resolve, reject) => {
    const end = (settle) => () => {
      clearTimeout(timer);
      window.removeEventListener("online", wake);
      signal.removeEventListener("abort", stop);
      settle();
    };
    const wake = end(resolve);
    const stop = end(() => reject(aborted()));
    const timer = setTimeout(wake, delay);
    window.addEventListener("online", wake);
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
  });
}

/**
 * What `attempt` gives. Errors that pass (`error.isPassing`) are answered with another attempt after a pause that
 * doubles, with some chance in it so that parts do not all come back at once; others are thrown, and so are those
 * that came `error.mostTries` times.
 * `onTrouble` hears of each error before the pause, and with null once an attempt succeeds after one.
 */
export async function untilItWorks(attempt, { signal, onTrouble = () => {} }) {
  for (let tries = 0; ; tries += 1) {
    try {
      const result = await attempt();
      if (tries) onTrouble(null);
      return result;
    } catch (error) {
      if (!error.isPassing || signal.aborted || tries >= (error.mostTries ?? Infinity)) throw error;
      onTrouble(error);
      const doubled = Math.min(LONGEST_MS, FIRST_MS * 2 ** tries) * (0.7 + 0.6 * Math.random());
      await pause(error.retryAfterS ? error.retryAfterS * 1000 : doubled, signal);
    }
  }
}
