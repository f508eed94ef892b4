/** What every page has: htmx and the small behaviours. Each works by delegation, so swapped-in content has it too. */
import "htmx.org";
import { watchCopyButtons } from "./behaviours/copying.js";
import { watchDialogs } from "./behaviours/dialogs.js";
import { keepFocus } from "./behaviours/focus.js";
import { watchMenus } from "./behaviours/menus.js";
import { watchRevealButtons } from "./behaviours/passwords.js";
import { watchPreviews } from "./behaviours/previews.js";
import { watchRequests } from "./behaviours/requests.js";
import { watchSearchKey } from "./behaviours/search.js";
import { watchSuggestions } from "./behaviours/suggestions.js";
import { watchTheme } from "./behaviours/theme.js";
import { watchTimes } from "./behaviours/times.js";
import { watchToasts } from "./behaviours/toasts.js";
import { watchZones } from "./behaviours/zones.js";

watchToasts();
watchRequests();
watchMenus();
watchDialogs();
watchCopyButtons();
watchRevealButtons();
watchSearchKey();
watchSuggestions();
watchTheme();
watchTimes();
watchPreviews();
watchZones();
keepFocus();
