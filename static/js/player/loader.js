/** Loading while the video is still being made: an answer of 503 means "soon", and is asked for again quietly. */

const MOST_WAITS = 150;
const WAIT_MS = 1000;
const LONGEST_WAIT_MS = 10000;

/** What was on its way before it was asked for (../ahead.js) took longer than it seems: the line is measured by that. */
function tellTrueTimes({ loading }, address) {
  const early = performance.getEntriesByName(address).find(({ initiatorType }) => initiatorType === "link");
  if (!early?.responseEnd) return;
  const start = loading.end - (early.responseEnd - early.startTime);
  if (start >= loading.start) return;
  loading.first = start + Math.max(0, early.responseStart - early.startTime);
  loading.start = start;
}

/**
 * hls.js's own loader, but patient: a 503 is repeated after the time its Retry-After says, without hls.js noticing an
 * error. Other failures keep the policy that hls.js gives (`errorRetry`; none for segments, which it retries itself).
 */
export function patientLoader(Loader, onBusy) {
  return class PatientLoader extends Loader {
    load(context, config, callbacks) {
      const usual = config.loadPolicy.errorRetry;
      const errorRetry = {
        maxNumRetry: MOST_WAITS,
        retryDelayMs: usual?.retryDelayMs ?? WAIT_MS,
        maxRetryDelayMs: usual?.maxRetryDelayMs ?? LONGEST_WAIT_MS,
        shouldRetry: (_policy, count, _isTimeout, response, isPassing) =>
          response?.code === 503 ? count < MOST_WAITS : Boolean(usual) && isPassing && count < usual.maxNumRetry,
      };
      const onSuccess = (response, stats, ...more) => {
        tellTrueTimes(stats, response.url);
        callbacks.onSuccess(response, stats, ...more);
      };
      super.load(context, { ...config, loadPolicy: { ...config.loadPolicy, errorRetry } }, { ...callbacks, onSuccess });
    }

    /** Called by the loader between two tries; the answer of the first is still at hand. */
    retry(policy) {
      const seconds = Number(this.getResponseHeader("retry-after"));
      const isBusy = this.loader?.status === 503;
      if (isBusy) onBusy();
      const wait = Math.min(seconds > 0 ? seconds * 1000 : WAIT_MS, LONGEST_WAIT_MS);
      super.retry(isBusy ? { ...policy, retryDelayMs: wait, maxRetryDelayMs: wait, backoff: "linear" } : policy);
    }
  };
}
