// Sends what waits. A card has its id from before it was first tried: however often it goes, it is filed once.

import * as queue from "./queue.js";

const ADDRESS = "/card";

function form(card) {
  const data = new FormData();
  for (const [name, text] of [...card.fields, ["filer", card.filer]]) data.append(name, text);
  card.photos.forEach((photo, number) => data.append("photo", photo, `photo-${number}`));
  return data;
}

// "went", "refused", or why the rest waits too: "signal", "signed-out".
async function send(card) {
  let answer;
  try {
    answer = await fetch(ADDRESS, { method: "POST", body: form(card), headers: { Accept: "application/json" } });
  } catch {
    return "signal";
  }
  if (answer.ok) {
    const receipt = await answer.json();
    const photos = receipt.photos_refused ? ` ${receipt.photos_refused} of its photos could not be taken.` : "";
    await queue.went(card, receipt.says + photos, receipt.card_id);
    return "went";
  }
  if (answer.status === 401) return "signed-out";
  if (answer.status === 429 || answer.status >= 500) return "signal";
  const problem = await answer.json().catch(() => ({}));
  const remedies = (problem.errors ?? []).map((error) => error.remedy);
  await queue.refused(card, [problem.detail ?? problem.title ?? "It was not taken.", ...remedies].join(" "));
  return "refused";
}

// One at a time, in whatever tab; what was refused is not tried again.
export function sendAll(filer) {
  return navigator.locks.request("send", async () => {
    for (const card of await queue.waiting(filer)) {
      const outcome = card.state === "waiting" ? await send(card) : "refused";
      if (outcome === "signal" || outcome === "signed-out") return outcome;
    }
    return "done";
  });
}
