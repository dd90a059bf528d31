// The card form: finds businesses without leaving the page, keeps the card on the phone, and sends it when it can.
// Without this script the form does the same by itself, as long as there is signal.

import * as queue from "./queue.js";
import { sendAll } from "./sending.js";
import { smaller } from "./photos.js";

const filer = document.body.dataset.filer;
const form = document.getElementById("card");
const status = document.getElementById("status");
const problem = document.getElementById("problem");
const found = document.getElementById("found");

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function fresh() {
  form.elements.id.value = crypto.randomUUID();
  form.elements.seen_at.value = "";
}

// ---- finding a business

function choice(business) {
  const input = element("input", { type: "radio", name: "business_id", id: business.business_id, value: business.business_id });
  const title = [business.name, business.area].filter(Boolean).join(", ");
  const label = element("label", { htmlFor: business.business_id }, title, element("small", { textContent: business.summary }));
  return element("div", { className: "choice" }, input, label);
}

async function find() {
  const words = form.elements.q.value.trim();
  if (!words) return;
  let answer;
  try {
    const data = new FormData();
    data.append("q", words);
    answer = await fetch("/card/find", { method: "POST", body: data, headers: { Accept: "application/json" } });
  } catch {
    answer = null;
  }
  if (answer?.ok) {
    const { businesses } = await answer.json();
    const none = element("p", { textContent: "Nothing was found that you may see. Describe the place below." });
    found.replaceChildren(...(businesses.length ? businesses.map(choice) : [none]));
    if (!businesses.length) document.getElementById("describe").open = true;
  } else {
    const why = answer?.status === 401 ? "Sign in again to search." : "There is no signal to search with.";
    found.replaceChildren(element("p", { textContent: `${why} Describe the place below.` }));
    document.getElementById("describe").open = true;
  }
}

// ---- filing

function label() {
  const picked = form.querySelector("[name=business_id]:checked");
  const name = picked && document.querySelector(`label[for="${picked.id}"]`)?.firstChild.textContent;
  const { q, name: sign, address, postcode } = form.elements;
  return name ?? [sign, address, postcode, q].map((field) => field.value).find(Boolean) ?? "where you were";
}

function says() {
  const { name, address, postcode, latitude, text } = form.elements;
  const where = form.querySelector("[name=business_id]:checked") || [name, address, postcode, latitude].some((one) => one.value.trim());
  const what = form.querySelector("[name=indicator]:checked") || text.value.trim();
  return { where, what };
}

function lacks() {
  const { where, what } = says();
  if (!where) return ["q", "Pick the business, or describe where it is."];
  if (!what) return ["text", "Tick what you saw, or write it down."];
  return null;
}

async function file() {
  const lacking = lacks();
  problem.hidden = !lacking;
  problem.textContent = lacking?.[1] ?? "";
  if (lacking) {
    form.elements[lacking[0]].focus();
    return;
  }
  form.elements.seen_at.value ||= new Date().toISOString();
  const data = [...new FormData(form)].filter(([name, value]) => name !== "filer" && typeof value === "string");
  const photos = await Promise.all([...form.elements.photo.files].map(smaller));
  await queue.keep(form.elements.id.value, filer, label(), [...data, ["do", "file"]], photos);
  form.reset();
  found.replaceChildren();
  document.getElementById("describe").open = false;
  fresh();
  await sent();
  status.scrollIntoView({ block: "center" });
}

// ---- what waits and what went

const WAITS = {
  sending: "It is being sent.",
  signal: "It waits on this phone and goes by itself when there is signal.",
  "signed-out": "It waits on this phone until you sign in again.",
};

function shown(card, why) {
  const time = new Date(card.at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const title = element("strong", { textContent: `${time}, ${card.label}. ` });
  if (card.state === "went") {
    return element("li", {}, title, card.says, " ", element("a", { href: `/cards/${card.where}`, textContent: "What came of it" }));
  }
  const drop = element("button", { type: "button", className: "second", textContent: "Delete it" });
  drop.append(element("span", { className: "unseen", textContent: ` (${card.label})` }));
  drop.addEventListener("click", () => queue.forget(card.id).then(() => show(why)));
  const refusal = card.state === "refused" ? `It was not taken: ${card.says}` : WAITS[why] ?? "It waits.";
  return element("li", { className: card.state }, title, refusal, " ", drop);
}

let drawn = "";

// Drawn anew only when it has changed: whoever is on one of its buttons with a keyboard stays there.
function draw(cards, why) {
  const now = JSON.stringify([why, cards.map(({ id, state, says }) => [id, state, says])]);
  if (now === drawn) return;
  drawn = now;
  document.getElementById("queue-list").replaceChildren(...cards.map((card) => shown(card, why)));
  document.getElementById("queue").hidden = cards.length === 0;
}

async function show(why, said = "") {
  const cards = await queue.all(filer);
  draw(cards, why);
  const count = cards.filter((card) => card.state === "waiting").length;
  const cardsWait = count === 1 ? "1 card waits to be sent." : `${count} cards wait to be sent.`;
  const signIn = element("a", { href: "/sign-in", textContent: "Sign in" });
  const parts = count ? [why === "sending" ? "Sending …" : cardsWait, ...(why === "signed-out" ? [" ", signIn] : [])] : [said];
  status.replaceChildren(...parts);
}

async function sent() {
  const cards = await queue.waiting(filer);
  if (!cards.some((card) => card.state === "waiting")) return;
  await show("sending");
  let said = "";
  const why = await sendAll(filer, (says) => (said = `Sent. ${says}`));
  await show(why, said);
}

// ---- where the officer stands

function here() {
  const button = document.getElementById("here");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      form.elements.latitude.value = coords.latitude.toFixed(5);
      form.elements.longitude.value = coords.longitude.toFixed(5);
      button.textContent = `Where you are is added, to ${Math.round(coords.accuracy)} metres`;
    },
    () => {
      button.textContent = "Your phone does not say where you are";
    },
    { enableHighAccuracy: true, timeout: 15000 },
  );
}

fresh();
document.getElementById("keeps").hidden = false;
document.getElementById("here").hidden = !("geolocation" in navigator);
document.getElementById("here").addEventListener("click", here);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  return event.submitter?.id === "find" ? find() : file();
});
window.addEventListener("online", sent);
document.addEventListener("visibilitychange", () => document.hidden || sent());
setInterval(sent, 60_000);
show("").then(sent);
navigator.serviceWorker?.register("/static/worker.js", { scope: "/" });
