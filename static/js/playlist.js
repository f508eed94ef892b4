/** The page of a playlist for whoever may change it: its order, and what is done to several videos at once. */
import "./basics/shared.js";
import { onEachPage } from "./basics/pages.js";
import { setUpReordering } from "./playlist/reordering.js";
import { setUpSelection } from "./playlist/selection.js";

for (const start of [setUpReordering, setUpSelection]) onEachPage(start);
