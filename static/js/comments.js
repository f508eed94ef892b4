/** Comments under a video: drafts that are not lost, names after an @, a comment that an address leads to. */
import "./basics/shared.js";
import { keepDrafts } from "./comments/drafts.js";
import { showLinked } from "./comments/linked.js";
import { suggestNames } from "./comments/mentions.js";
import { foldLong } from "./comments/folding.js";
import { watchForms } from "./comments/forms.js";
import { openReports } from "./comments/reports.js";

keepDrafts();
suggestNames();
showLinked();
foldLong();
watchForms();
openReports();
