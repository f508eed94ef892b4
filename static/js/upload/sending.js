/** One part on its way: where to, what exactly, and how far. */
import { ApiError, call } from "./api.js";
import { canHash, sha256 } from "./files.js";
import { aborted } from "./retry.js";

const STALLED_MS = 60_000;

/** The error that a refused part is; addresses that have expired and damaged parts are simply sent anew. */
class PartRefused extends ApiError {
  constructor(status) {
    super(status, { code: "part_refused", detail: `A part of the file was refused (error ${status}).` });
  }

  get isPassing() {
    return true;
  }

  get mostTries() {
    return 6;
  }
}

/** A site that is busy is asked again for as long as it takes; whatever else is wrong may be wrong with the part. */
function refusal(status) {
  const isBusy = status === 429 || status === 503;
  return isBusy ? new ApiError(status, { code: "busy", detail: "The site is busy." }) : new PartRefused(status);
}

/** Our own addresses are used as this page's own, whatever the site believes to be called. */
function addressOf(target, uploadId) {
  const url = new URL(target.url, location.href);
  const isOwn = url.pathname === `/api/v1/uploads/${uploadId}/parts/${target.number}`;
  return isOwn ? url.pathname + url.search : url.href;
}

async function targetOf(upload, number, buffer, signal) {
  const body = { numbers: [number] };
  if (upload.part_checksums) body.checksums_sha256 = { [number]: await sha256(buffer) };
  const [target] = await call("POST", `/uploads/${upload.id}/parts`, body, { signal });
  return target;
}

/** PUTs the bytes. fetch cannot tell how much has gone out, so this is an XMLHttpRequest. */
function put(address, headers, buffer, { signal, onProgress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let watch = null;
    const stop = () => request.abort();
    const settle = (done) => () => {
      clearTimeout(watch);
      signal.removeEventListener("abort", stop);
      done();
    };
    const rewatch = () => {
      clearTimeout(watch);
      watch = setTimeout(stop, STALLED_MS);
    };
    request.open("PUT", address);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      rewatch();
      onProgress(event.loaded);
    };
    const isGood = () => request.status >= 200 && request.status < 300;
    request.onload = settle(() => (isGood() ? resolve() : reject(refusal(request.status))));
    request.onerror = settle(() => reject(new ApiError(0, {})));
    request.onabort = settle(() => reject(signal.aborted ? aborted() : new ApiError(0, {})));
    signal.addEventListener("abort", stop);
    if (signal.aborted) return settle(() => reject(aborted()))();
    rewatch();
    request.send(new Blob([buffer])); // the buffer itself would be copied while the page stands still
  });
}

/** Reads, announces and sends one part; throws an ApiError when that fails. */
export async function sendPart(file, upload, number, { signal, onProgress }) {
  const start = (number - 1) * upload.part_size_bytes;
  const buffer = await read(file.slice(start, start + upload.part_size_bytes));
  const target = await targetOf(upload, number, buffer, signal);
  onProgress(0);
  await put(addressOf(target, upload.id), target.headers, buffer, { signal, onProgress });
  return buffer.byteLength;
}

async function read(blob) {
  try {
    return await blob.arrayBuffer();
  } catch {
    throw new ApiError(422, {
      code: "unreadable",
      detail: "The file cannot be read any more: it was changed, moved or deleted. Choose it again.",
    });
  }
}

/** What a new upload of this file is announced with. */
export function announcement(file, mark, { mayRepeat, replaces }) {
  const about = { filename: file.name, size_bytes: file.size, part_checksums: canHash, fingerprint: mark, allow_duplicate: mayRepeat };
  return replaces ? { ...about, replaces } : about;
}
