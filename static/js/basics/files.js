/** The files of this machine that belong to elements of the page, for whatever is shown inside of them. */

export const chosenFiles = new WeakMap();

/** The file of the nearest element around this one that has one. */
export function fileAround(element) {
  for (let place = element; place; place = place.parentElement) if (chosenFiles.has(place)) return chosenFiles.get(place);
  return null;
}
