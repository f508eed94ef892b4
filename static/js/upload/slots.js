/** At most so many parts travel at the same time, of all files together; the file that was chosen first goes first. */
import { aborted } from "./retry.js";

export class Slots {
  #free;
  #waiting = [];

  constructor(count) {
    this.#free = count;
  }

  /** Resolves, when it is one's turn by `place`, to a function that gives the slot back. */
  take(place, signal) {
    return new Promise((resolve, reject) => {
      const entry = { place, signal, grant: () => resolve(this.#giver()) };
      entry.leave = () => {
        this.#waiting = this.#waiting.filter((other) => other !== entry);
        reject(aborted());
      };
      if (signal.aborted) return reject(aborted());
      signal.addEventListener("abort", entry.leave, { once: true });
      const behind = this.#waiting.findIndex((other) => other.place > place);
      this.#waiting.splice(behind < 0 ? this.#waiting.length : behind, 0, entry);
      this.#serve();
    });
  }

  #giver() {
    let isGiven = false;
    return () => {
      if (isGiven) return;
      isGiven = true;
      this.#free += 1;
      this.#serve();
    };
  }

  #serve() {
    while (this.#free && this.#waiting.length) {
      const entry = this.#waiting.shift();
      entry.signal.removeEventListener("abort", entry.leave);
      this.#free -= 1;
      entry.grant();
    }
  }
}
