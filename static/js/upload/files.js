/** What the browser can tell of a file: is it the same one as before, and what are its bytes? */

const EDGE_BYTES = 64 * 1024;

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
  return `edges-${file.size}-${await sha256(await edges.arrayBuffer())}`;
}

/** Two choices of one file, as far as the page can see without reading it. */
export function isSameChoice(one, other) {
  return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
}
