/** A table of videos of which several can be checked and saved in playlists at once. */
import "./basics/shared.js";
import { onEachPage } from "./basics/pages.js";
import { setUpSelection } from "./playlist/selection.js";

onEachPage(setUpSelection);
