// Shows what waits on this phone and what went, and sends what waits.

import { element } from "./element.js";
import * as queue from "./queue.js";
import { sendAll } from "./sending.js";

const WAITS = {
  sending: "It is being sent.",
  signal: "It waits on this phone and goes by itself when there is signal.",
  "signed-out": "It waits on this phone until you sign in again.",
};
const filer = document.body.dataset.filer;
const status = document.getElementById("status");
let drawn = "";
let waited = [];

function item(card, why) {
  const time = new Date(card.at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const title = element("strong", {}, `${time}, ${card.label}. `);
  if (card.state === "went") {
    return element("li", {}, title, card.says, " ", element("a", { href: `/cards/${card.where}` }, "What came of it"));
  }
  const drop = element("button", { type: "button", className: "second" }, "Delete it");
  drop.append(element("span", { className: "unseen" }, ` (${card.label})`));
  drop.addEventListener("click", () => queue.forget(card.id).then(() => show(why)));
  const says = card.state === "refused" ? `It was not taken: ${card.says}` : (WAITS[why] ?? "It waits.");
  return element("li", {}, title, says, " ", drop);
}

// Drawn anew only when it has changed: whoever is on one of its buttons with a keyboard stays there.
function draw(cards, why) {
  const now = JSON.stringify([why, cards.map(({ id, state, says }) => [id, state, says])]);
  if (now === drawn) return;
  drawn = now;
  document.getElementById("queue-list").replaceChildren(...cards.map((card) => item(card, why)));
  document.getElementById("queue").hidden = cards.length === 0;
}

function summary(count, why, said) {
  if (!count) return [said];
  if (why === "sending") return ["Sending …"];
  const waits = count === 1 ? "1 card waits to be sent." : `${count} cards wait to be sent.`;
  return why === "signed-out" ? [waits, " ", element("a", { href: "/sign-in" }, "Sign in")] : [waits];
}

// What waited when it was last shown and has gone since was sent, by this page or by the worker.
async function show(why) {
  const cards = await queue.all(filer);
  draw(cards, why);
  const sent = cards.filter((card) => card.state === "went" && waited.includes(card.id)).at(-1);
  const before = status.textContent.startsWith("Sent.") ? status.textContent : "";
  waited = cards.filter((card) => card.state === "waiting").map((card) => card.id);
  status.replaceChildren(...summary(waited.length, why, sent ? `Sent. ${sent.says}` : before));
}

export async function send() {
  const cards = await queue.waiting(filer);
  if (!cards.some((card) => card.state === "waiting")) return;
  await show("sending");
  const why = await sendAll(filer);
  await show(why);
  if (why === "signal") await sendLater();
}

// By the worker, where the browser can, even if this page is closed by then.
async function sendLater() {
  const worker = await navigator.serviceWorker?.getRegistration();
  await worker?.sync?.register("send").catch(() => {});
}

// The worker has tried.
function hear({ data }) {
  if (data.filer === filer) show(data.why);
}

export function watch() {
  navigator.serviceWorker?.addEventListener("message", hear);
  window.addEventListener("online", send);
  document.addEventListener("visibilitychange", () => document.hidden || send());
  setInterval(send, 60_000);
  return show("").then(send);
}
