/** What the browser can tell of a file: is it the same one as before, and what are its bytes? */

import { ApiError } from "./api.js";

const EDGE_BYTES = 1024 * 1024;

/** Checksums need a secure context (https, or localhost); without one parts are sent unchecked. */
export const canHash = Boolean(globalThis.crypto?.subtle);

function toHex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function sha256(buffer) {
  return toHex(await crypto.subtle.digest("SHA-256", buffer));
}

/**
 * A text that is the same for the same file, on any day and in any browser: of its size, and its first and last
 * block. Where nothing can be hashed, the time of its last change must do.
 */
export async function fingerprint(file) {
  if (!canHash) return `modified-${file.size}-${file.lastModified}`;
  const edges = new Blob([file.slice(0, EDGE_BYTES), file.slice(Math.max(0, file.size - EDGE_BYTES))]);
  return `mib-${file.size}-${await sha256(await edges.arrayBuffer())}`;
}

/**
 * Nothing, when what the site has of an interrupted upload is of this file: it tells the checksums of a few parts, which
 * also shows what was changed in the middle.
 */
export async function requireSameContent(file, upload) {
  if (!canHash) return;
  const size = upload.part_size_bytes;
  for (const [number, checksum] of Object.entries(upload.samples)) {
    const part = await file.slice((number - 1) * size, number * size).arrayBuffer();
    if ((await sha256(part)) === checksum) continue;
    throw new ApiError(409, {
      code: "other_file",
      detail: `${file.name} has another content than when its upload was begun. Choose the file as it was then, or cancel this upload and choose it again.`,
    });
  }
}

/** Two choices of one file, as far as the page can see without reading it. */
export function isSameChoice(one, other) {
  return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
}
