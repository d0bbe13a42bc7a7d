"use strict";
// What needs script and no more: everything here has a way without it.
(() => {
  const message = document.getElementById("meldung");

  const say = (title, text) => {
    message.replaceChildren();
    const box = document.createElement("div");
    box.className = "kern-alert kern-alert--danger";
    const head = document.createElement("div");
    head.className = "kern-alert__header";
    const heading = document.createElement("span");
    heading.className = "kern-title";
    heading.textContent = title;
    head.append(heading);
    const body = document.createElement("div");
    body.className = "kern-alert__body";
    const words = document.createElement("p");
    words.className = "kern-body";
    words.textContent = text;
    body.append(words);
    box.append(head, body);
    message.append(box);
    document.getElementById("inhalt").classList.add("veraltet");
  };

  document.addEventListener("htmx:response:error", (event) => {
    const response = event.detail.ctx.response;
    if (response.status < 500) return;
    const number = response.headers.get("X-Vorgangsnummer");
    say("Der Dienst antwortet zurzeit nicht.",
      "Die bisherigen Treffer bleiben stehen und können veraltet sein." + (number ? " Vorgangsnummer: " + number : ""));
  });

  document.addEventListener("htmx:error", () => {
    say("Keine Verbindung.", "Die Anfrage kam nicht an. Bitte prüfen Sie die Verbindung und versuchen Sie es noch einmal.");
  });

  document.addEventListener("htmx:after:swap", () => {
    message.replaceChildren();
    document.getElementById("inhalt").classList.remove("veraltet");
    const target = document.querySelector("[aria-invalid=true]") || document.getElementById("ergebnis");
    if (target) target.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  });

  // n and p walk through the hits, unless somebody is typing.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const link = document.querySelector('[data-taste="' + CSS.escape(event.key) + '"]');
    if (link) link.click();
  });

  // The marked spot comes into view by itself where it lies below the fold.
  const spot = document.getElementById("fundstelle");
  if (spot && !location.hash) {
    const box = spot.getBoundingClientRect();
    if (box.bottom > window.innerHeight) window.scrollBy({ top: box.top - window.innerHeight / 3, behavior: "instant" });
  }

  // An image that cannot be had (the file has changed or gone) leaves a word of explanation instead of a hole.
  const image = document.querySelector(".blatt img");
  if (image) {
    const explain = () => {
      const note = document.createElement("p");
      note.className = "notiz";
      note.textContent = "Das Bild dieser Seite ist nicht verfügbar. Die Datei fehlt oder hat sich geändert, seit sie eingelesen wurde.";
      image.closest(".blatt").replaceChildren(note);
    };
    image.addEventListener("error", explain);
    if (image.complete && !image.naturalWidth) explain();
  }

  // A page that comes out of the browser's memory may be somebody else's by now.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
})();
