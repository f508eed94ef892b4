/** Times in forms are those of the clock that whoever fills them in looks at. */
import { onEachPage } from "../basics/pages.js";
import { fillInZones } from "../basics/zones.js";

export function watchZones() {
  onEachPage(() => fillInZones(document));
}
