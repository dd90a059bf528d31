// Says what would be lost: signing out deletes what waits on this phone.

import { waiting } from "./queue.js";

const cards = await waiting(document.body.dataset.filer);
if (cards.length) {
  const warning = document.getElementById("waiting");
  const count = cards.length === 1 ? "1 card has" : `${cards.length} cards have`;
  const back = Object.assign(document.createElement("a"), { href: "/card", textContent: "Go back and send" });
  warning.append(`${count} not been sent. Sign out now, and nobody will get what they say. `, back);
  warning.hidden = false;
}
