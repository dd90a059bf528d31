// Finds businesses without leaving the page.

import { element } from "./element.js";

const found = document.getElementById("found");
const describe = document.getElementById("describe");

function choice(business) {
  const { business_id: id, name, area, summary } = business;
  const input = element("input", { type: "radio", name: "business_id", id, value: id });
  const title = [name, area].filter(Boolean).join(", ");
  return element("div", { className: "choice" }, input, element("label", { htmlFor: id }, title, element("small", {}, summary)));
}

async function asked(words, near) {
  const data = new FormData();
  data.append("q", words);
  data.append("near", near);
  try {
    return await fetch("/card/find", { method: "POST", body: data, headers: { Accept: "application/json" } });
  } catch {
    return null;
  }
}

function none(why) {
  found.replaceChildren(element("p", {}, `${why} Describe the place below.`));
  describe.open = true;
}

// Those that `words` mean; with `near`, degrees north and east, the nearest to there.
export async function find(words, near = "") {
  if (!words && !near) return;
  const answer = await asked(words, near);
  if (!answer?.ok) {
    none(answer?.status === 401 ? "Sign in again to search." : "There is no signal to search with.");
    return;
  }
  const { businesses } = await answer.json();
  if (businesses.length) found.replaceChildren(...businesses.map(choice));
  else none("Nothing was found that you may see.");
}

export function forgetFound() {
  found.replaceChildren();
  describe.open = false;
}
