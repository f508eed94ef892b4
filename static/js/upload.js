/** Uploading: every chosen file becomes a row with a form, and goes up in parts, also while other pages are shown. */
import "./basics/shared.js";
import { onEachPage } from "./basics/pages.js";
import { revisit, stayWhile } from "./behaviours/visits.js";
import { Dock } from "./upload/dock.js";
import { Overview } from "./upload/overview.js";
import { UploadPage } from "./upload/page.js";
import { ReplacingPage } from "./upload/replacing.js";
import { SignIn } from "./upload/sign_in.js";
import { Uploads } from "./upload/uploads.js";

const uploads = new Uploads();
let signIn = null;

/** What stands outside of all pages is made on the first upload page, which has the markup for it. */
function setUp(root) {
  const signInAgain = () => signIn.open();
  signIn = new SignIn(root.querySelector("template[data-sign-in]"), {
    person: root.dataset.person,
    onSignedIn: () => {
      if (!document.getElementById("upload")) revisit();
      uploads.goOn();
    },
  });
  const dock = new Dock(root.querySelector("template[data-dock]"), uploads, { onSignIn: signInAgain });
  new Overview(uploads, dock.live);
  uploads.addEventListener("rows", () => stayWhile(() => uploads.isNeeded), { once: true });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && uploads.summary.isSignedOut) signIn.check(); // in another tab, perhaps
  });
}

onEachPage((signal) => {
  const root = document.getElementById("upload") ?? document.getElementById("replace");
  if (!root) return;
  if (!signIn) setUp(root);
  if (root.id === "upload") new UploadPage(root, uploads, { signal, onSignIn: () => signIn.open() });
  else new ReplacingPage(root, uploads, { signal });
});
