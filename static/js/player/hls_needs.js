/**
 * What hls.js takes from packages of others, in the few lines that it is in the browsers of today. The build puts it in
 * their place (static/hls.mjs): "eventemitter3", "url-toolkit", "@svta/cml-id3", "@svta/cml-utils".
 */

export class EventEmitter {
  #listeners = new Map();

  on(event, call, context = this) {
    return this.#add(event, { call, context, isOnce: false });
  }

  once(event, call, context = this) {
    return this.#add(event, { call, context, isOnce: true });
  }

  #add(event, listener) {
    this.#listeners.set(event, [...this.#of(event), listener]);
    return this;
  }

  #of(event) {
    return this.#listeners.get(event) ?? [];
  }

  /** Without `call` all that listen to the event; with `context` only those of it, with `isOnce` only those of once(). */
  off(event, call, context, isOnce) {
    const isMeant = (one) => one.call === call && (!isOnce || one.isOnce) && (!context || one.context === context);
    const left = call ? this.#of(event).filter((one) => !isMeant(one)) : [];
    if (left.length) this.#listeners.set(event, left);
    else this.#listeners.delete(event);
    return this;
  }

  removeAllListeners(event) {
    if (event === undefined) this.#listeners.clear();
    else this.#listeners.delete(event);
    return this;
  }

  /** Calls all who listened when it began, whatever they add or take away meanwhile. */
  emit(event, ...details) {
    const listeners = this.#of(event);
    for (const { call, context, isOnce } of listeners) {
      if (isOnce) this.off(event, call, undefined, true);
      call.apply(context, details);
    }
    return listeners.length > 0;
  }

  listeners(event) {
    return this.#of(event).map(({ call }) => call);
  }

  listenerCount(event) {
    return this.#of(event).length;
  }
}

export function buildAbsoluteURL(base, relative) {
  return new URL(relative.trim(), base).href;
}

/** Names a session for telemetry, which is left out. */
export function uuid() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function utf8ArrayToStr(bytes) {
  return new TextDecoder().decode(bytes).replaceAll("\0", "");
}

/** ID3 tags in a stream: ours have none. */
export function getId3Frames() {
  return [];
}

export function isId3TimestampFrame() {
  return false;
}
