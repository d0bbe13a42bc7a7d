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
    markOutdated();
  };

  // The old hits stay, but in words: dimming alone would let them pass for the answer to what was typed.
  const markOutdated = () => {
    const content = document.getElementById("inhalt");
    content.classList.add("veraltet");
    const list = content.querySelector(".ergebnis__liste");
    if (!list || list.querySelector(".veraltet__hinweis")) return;
    const note = document.createElement("p");
    note.className = "notiz veraltet__hinweis";
    const asked = list.dataset.gesucht;
    note.textContent = "Das sind noch die Treffer der vorigen Suche" + (asked ? " „" + asked + "“." : ".");
    list.prepend(note);
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

  document.addEventListener("htmx:after:swap", (event) => {
    // htmx tells of a swap also where `noSwap` has held it back.
    if (event.detail.ctx?.response?.status >= 500) return;
    message.replaceChildren();
    document.getElementById("inhalt").classList.remove("veraltet");
    const target = document.querySelector("[aria-invalid=true]") || document.getElementById("ergebnis");
    if (target) target.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  });

  // Keys press what names them (n, p: next and previous hit …); / goes to the search field. Not while somebody types.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (event.key === "/") {
      const field = document.getElementById("q");
      event.preventDefault();
      if (field) { field.focus(); field.select(); } else document.querySelector(".marke").click();
      return;
    }
    const link = document.querySelector('[data-taste="' + CSS.escape(event.key) + '"]');
    if (link) link.click();
  });

  // The marked spot comes into view by itself where it lies below the fold.
  const spot = document.getElementById("fundstelle");
  if (spot && !location.hash) {
    const box = spot.getBoundingClientRect();
    if (box.bottom > window.innerHeight) window.scrollBy({ top: box.top - window.innerHeight / 3, behavior: "instant" });
  }

  const button = (label, key, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "knopf-leise";
    made.textContent = label;
    if (key) { made.dataset.taste = key; made.title = "Taste " + key; }
    made.addEventListener("click", act);
    return made;
  };

  const tools = document.querySelector(".werkzeuge");
  if (tools) {
    const sheet = document.querySelector(".blatt__bild");
    const marks = [...document.querySelectorAll(".blatt__marken rect")];
    let at = -1;
    if (marks.length > 1) tools.firstElementChild.after(button("nächste Fundstelle", "m", () => {
      marks[at]?.classList.remove("aktiv");
      at = (at + 1) % marks.length;
      marks[at].classList.add("aktiv");
      marks[at].scrollIntoView({ block: "center", behavior: "instant" });
    }));
    let turned = 0;
    tools.append(button("drehen", "r", () => {
      turned = (turned + 90) % 360;
      const upright = turned % 180 === 0;
      const { offsetWidth: width, offsetHeight: height } = sheet;
      sheet.toggleAttribute("data-gedreht", turned !== 0);
      sheet.style.transform = turned ? "rotate(" + turned + "deg)" + (upright ? "" : " scale(" + width / height + ")") : "";
    }));
  }

  const quoted = document.querySelector("[data-kopieren]");
  if (quoted && navigator.clipboard) quoted.after(" ", button("Fundstelle kopieren", "", async (event) => {
    await navigator.clipboard.writeText(quoted.textContent + "\n" + location.origin + location.pathname);
    event.target.textContent = "kopiert";
  }));

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
