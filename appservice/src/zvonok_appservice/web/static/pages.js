"use strict";
// Comfort only: every page works without this file.

for (const input of document.querySelectorAll("[data-fragment]")) {
  // The square on a card leads to /activate#CODE; what follows # never reaches a server.
  const take = () => {
    const code = location.hash.slice(1);
    if (!code) return;
    input.value = code;
    history.replaceState(null, "", location.pathname);
  };
  addEventListener("hashchange", take);
  take();
}

for (const button of document.querySelectorAll("[data-show]")) {
  const input = document.getElementById(button.dataset.show);
  const show = button.textContent;
  button.hidden = false;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const visible = input.type === "password";
    input.type = visible ? "text" : "password";
    button.textContent = visible ? button.dataset.hide : show;
    button.setAttribute("aria-pressed", String(visible));
  });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  const words = button.innerHTML;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.innerHTML = words; }, 2000);
  });
}

for (const button of document.querySelectorAll("[data-once]")) {
  button.form.addEventListener("submit", () => {
    // After the event, so that the form is still sent.
    setTimeout(() => { button.disabled = true; button.textContent = button.dataset.once; }, 0);
  });
}

document.getElementById("problem")?.scrollIntoView({ block: "nearest" });
