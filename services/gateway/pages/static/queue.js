// Cards on this phone: those that wait to be sent, with all that they say, and of those that went only what came back.
// Each is marked with who filed it, so that whoever signs in next on the same phone neither sees nor sends it.

const NAME = "joinedup";
const KEPT_MS = 24 * 60 * 60 * 1000;

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("cards", { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

// Resolves once the change is on the disk.
async function inStore(mode, work) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction("cards", mode, { durability: "strict" });
      const request = work(transaction.objectStore("cards"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

// fields: [[name, text], …]; photos: [Blob, …]; label: how its officer knows it again.
export function keep(id, filer, label, fields, photos) {
  const card = { id, filer, label, fields, photos, at: Date.now(), state: "waiting", says: "" };
  return inStore("readwrite", (store) => store.put(card));
}

// It has gone: all that it said is forgotten here.
export function went(card, says, where) {
  const { id, filer, label } = card;
  return inStore("readwrite", (store) => store.put({ id, filer, label, at: Date.now(), state: "went", says, where }));
}

export function refused(card, says) {
  return inStore("readwrite", (store) => store.put({ ...card, state: "refused", says }));
}

export function forget(id) {
  return inStore("readwrite", (store) => store.delete(id));
}

// The filer's own, the oldest first; those that went a day ago are forgotten.
export async function all(filer) {
  const cards = await inStore("readonly", (store) => store.getAll());
  const old = cards.filter((card) => card.state === "went" && Date.now() - card.at > KEPT_MS);
  await Promise.all(old.map((card) => forget(card.id)));
  return cards.filter((card) => card.filer === filer && !old.includes(card)).sort((one, other) => one.at - other.at);
}

// Whose cards wait here.
export async function filers() {
  const cards = await inStore("readonly", (store) => store.getAll());
  return [...new Set(cards.filter((card) => card.state === "waiting").map((card) => card.filer))];
}

export async function waiting(filer) {
  return (await all(filer)).filter((card) => card.state !== "went");
}
