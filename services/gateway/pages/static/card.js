// The card form: keeps the card on the phone, and sends it when it can. Without this script the form does the same by
// itself, as long as there is signal.

import { find, forgetFound } from "./finding.js";
import { smaller } from "./photos.js";
import * as queue from "./queue.js";
import { send, watch } from "./waiting.js";

const form = document.getElementById("card");
const problem = document.getElementById("problem");
const picked = () => form.querySelector("[name=business_id]:checked");

// Another card: its id is its own from before it is sent, so that sending it twice is filing it once.
function fresh() {
  form.elements.id.value = crypto.randomUUID();
  form.elements.seen_at.value = "";
}

// How its officer knows it again.
function label() {
  if (picked()) return picked().labels[0].firstChild.textContent;
  const { q, name, address, postcode } = form.elements;
  return [name, address, postcode, q].map((field) => field.value).find(Boolean) ?? "where you were";
}

function lacks() {
  const { name, address, postcode, latitude, text } = form.elements;
  const where = picked() || [name, address, postcode, latitude].some((field) => field.value.trim());
  const what = form.querySelector("[name=indicator]:checked") || text.value.trim();
  if (!where) return ["q", "Pick the business, or describe where it is."];
  return what ? null : ["text", "Tick what you saw, or write it down."];
}

function say(lacking) {
  problem.hidden = !lacking;
  problem.textContent = lacking?.[1] ?? "";
  if (lacking) form.elements[lacking[0]].focus();
}

async function keep() {
  form.elements.seen_at.value ||= new Date().toISOString();
  const texts = [...new FormData(form)].filter(([name, value]) => name !== "filer" && typeof value === "string");
  const photos = await Promise.all([...form.elements.photo.files].map(smaller));
  await queue.keep(form.elements.id.value, form.elements.filer.value, label(), [...texts, ["do", "file"]], photos);
}

async function file() {
  say(lacks());
  if (!problem.hidden) return;
  try {
    await keep();
  } catch {
    form.submit(); // the browser keeps nothing for us: in a private window, say
    return;
  }
  form.reset();
  forgetFound();
  fresh();
  await send();
  document.getElementById("status").scrollIntoView({ block: "center" });
}

// `told` is given where the phone is; if it does not say, `button` does.
function whereabouts(button, told) {
  const unknown = () => (button.textContent = "Your phone does not say where you are");
  const exactly = { enableHighAccuracy: true, timeout: 15_000 };
  navigator.geolocation.getCurrentPosition(({ coords }) => told(coords), unknown, exactly);
}

function near({ currentTarget: button }) {
  whereabouts(button, ({ latitude, longitude }) => {
    find(form.elements.q.value.trim(), `${latitude.toFixed(5)},${longitude.toFixed(5)}`);
  });
}

function here({ currentTarget: button }) {
  whereabouts(button, ({ latitude, longitude, accuracy }) => {
    form.elements.latitude.value = latitude.toFixed(5);
    form.elements.longitude.value = longitude.toFixed(5);
    button.textContent = `Where you are is added, to ${Math.round(accuracy)} metres`;
  });
}

fresh();
document.getElementById("keeps").hidden = false;
for (const [id, act] of Object.entries({ near, here })) {
  document.getElementById(id).hidden = !("geolocation" in navigator);
  document.getElementById(id).addEventListener("click", act);
}
form.addEventListener("submit", (event) => {
  event.preventDefault();
  return event.submitter?.id === "find" ? find(form.elements.q.value.trim()) : file();
});
watch();
navigator.serviceWorker?.register("/static/worker.js", { scope: "/", type: "module" });
