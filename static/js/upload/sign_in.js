/** Signing in again without leaving the page: the site's own form, in a dialog. */
import { call, renewToken } from "./api.js";

const LOGIN = "/login";
const PARTIAL = { "HX-Request": "true", "HX-Request-Type": "partial" }; // answered by the form, or by where to go

function parse(text) {
  return new DOMParser().parseFromString(text, "text/html");
}

export class SignIn {
  #dialog;
  #body;
  #person;
  #onSignedIn;

  /** `person` is the user name of whose uploads these are. */
  constructor(template, { person, onSignedIn }) {
    this.#dialog = template.content.firstElementChild.cloneNode(true);
    this.#body = this.#dialog.querySelector("[data-sign-in-form]");
    this.#person = person;
    this.#onSignedIn = onSignedIn;
    document.body.append(this.#dialog);
    this.#dialog.querySelector("[data-sign-in-close]").addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("submit", (event) => this.#submit(event));
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** Asks who is there; shows the form when nobody is. */
  async open() {
    if (this.isOpen || (await this.check())) return;
    this.#say("One moment…");
    this.#dialog.showModal();
    try {
      const answer = await fetch(LOGIN, { headers: { Accept: "text/html" } });
      this.#show(parse(await answer.text()).getElementById("login-form"));
    } catch {
      this.#say("The site cannot be reached. Close this, and try again in a moment.");
    }
  }

  /** True when the right person is signed in (again): then everything goes on. */
  async check() {
    const me = await call("GET", "/me").catch(() => null);
    if (!me) return false;
    if (me.username !== this.#person) {
      this.#say(`These uploads are ${this.#person}'s, and ${me.username} is signed in. Sign out, and in as ${this.#person}, to go on.`);
      if (!this.isOpen) this.#dialog.showModal();
      return true;
    }
    await renewToken().catch(() => {});
    if (this.isOpen) this.#dialog.close();
    this.#onSignedIn();
    return true;
  }

  #show(form) {
    if (!form) return void this.check();
    const name = form.elements.email;
    name.value ||= this.#person;
    this.#body.replaceChildren(form);
    (name.value ? form.elements.password : name).focus();
  }

  #say(text) {
    const line = document.createElement("p");
    line.textContent = text;
    this.#body.replaceChildren(line);
  }

  async #submit(event) {
    event.preventDefault();
    const form = event.target;
    const button = form.querySelector("[type='submit']");
    button.disabled = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: PARTIAL });
      if (answer.status === 204 || answer.redirected) await this.check();
      else this.#show(parse(await answer.text()).getElementById("login-form"));
    } catch {
      this.#say("The site cannot be reached. Close this, and try again in a moment.");
    }
  }
}
