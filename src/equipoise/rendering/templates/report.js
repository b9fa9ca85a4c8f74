"use strict";
(() => {
  const readout = document.getElementById("readout");
  const SVG = "http://www.w3.org/2000/svg";

  // Reading values off the curves: the pointer, or the arrow keys when a plot has the focus.
  const percent = (thousandths) => (thousandths / 10).toFixed(1);
  const valueAt = (series, months, month) => {
    let place = -1;
    while (place + 1 < months.length && months[place + 1] <= month + 1e-9) place += 1;
    if (place < 0 || (place === months.length - 1 && month > months[place] + 1.001)) return null;
    const low = series.lower && series.lower[place];
    const high = series.upper && series.upper[place];
    const band = low == null || high == null ? "" : ` (${percent(low)} to ${percent(high)})`;
    return `${percent(series.y[place])} ${series.unit || "%"}${band}`;
  };
  const show = (zone, panel, month, x, y) => {
    readout.replaceChildren();
    const head = document.createElement("strong");
    head.textContent = `${readout.dataset.month} ${month}`;
    readout.append(head);
    for (const series of panel.series) {
      const value = valueAt(series, series.x || panel.x, month);
      if (value === null) continue;
      const line = document.createElement("div");
      const chip = document.createElement("i");
      chip.className = `b-${series.colour}`;
      line.append(chip, `${series.label}: ${value}`);
      readout.append(line);
    }
    readout.hidden = false;
    zone.setAttribute("aria-valuenow", month);
    zone.setAttribute("aria-valuetext", [...readout.children].map((line) => line.textContent).join(", "));
    const box = readout.getBoundingClientRect();
    readout.style.left = `${Math.max(4, Math.min(x + 14, window.innerWidth - box.width - 4))}px`;
    readout.style.top = `${Math.max(4, Math.min(y - box.height - 10, window.innerHeight - box.height - 4))}px`;
    const first = Number(zone.dataset.first);
    const last = Number(zone.dataset.last);
    const left = Number(zone.getAttribute("x"));
    const width = Number(zone.getAttribute("width"));
    const at = left + ((month - first) / (last - first)) * width;
    let cursor = zone.parentNode.querySelector(".cursor");
    if (!cursor) {
      cursor = document.createElementNS(SVG, "line");
      cursor.setAttribute("class", "cursor");
      zone.parentNode.append(cursor);
    }
    cursor.setAttribute("x1", at);
    cursor.setAttribute("x2", at);
    cursor.setAttribute("y1", zone.getAttribute("y"));
    cursor.setAttribute("y2", Number(zone.getAttribute("y")) + Number(zone.getAttribute("height")));
  };
  const hide = (zone) => {
    readout.hidden = true;
    const cursor = zone.parentNode.querySelector(".cursor");
    if (cursor) cursor.remove();
  };
  const readable = (zone, panel) => {
    if (!panel.series.length) return;
    const first = Number(zone.dataset.first);
    const last = Number(zone.dataset.last);
    let month = first;
    zone.setAttribute("tabindex", "0");
    zone.setAttribute("role", "slider");
    zone.setAttribute("aria-label", readout.dataset.help);
    zone.setAttribute("aria-valuemin", first);
    zone.setAttribute("aria-valuemax", last);
    zone.setAttribute("aria-valuenow", month);
    zone.addEventListener("pointermove", (event) => {
      const box = zone.getBoundingClientRect();
      month = Math.round(first + ((event.clientX - box.left) / box.width) * (last - first));
      month = Math.max(first, Math.min(last, month));
      show(zone, panel, month, event.clientX, event.clientY);
    });
    zone.addEventListener("pointerleave", () => hide(zone));
    zone.addEventListener("blur", () => hide(zone));
    zone.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
      if (event.key === "Escape") hide(zone);
      if (!step) return;
      event.preventDefault();
      month = Math.max(first, Math.min(last, month + step));
      const box = zone.getBoundingClientRect();
      show(zone, panel, month, box.left + ((month - first) / (last - first)) * box.width, box.top + 40);
    });
  };

  // Copy a number as a sentence; the long lists get their buttons here, where they can be used.
  const copyable = (button) => {
    button.hidden = !navigator.clipboard;
    const label = button.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.previousElementSibling.textContent);
      button.textContent = button.dataset.copied;
      window.setTimeout(() => { button.textContent = label; }, 2000);
    });
  };
  const listed = (list) => {
    for (const sentence of list.querySelectorAll(".sentence")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.dataset.copied = list.dataset.copied;
      button.textContent = list.dataset.copy;
      sentence.after(button);
      copyable(button);
    }
  };
  for (const button of document.querySelectorAll(".copy")) copyable(button);
  for (const list of document.querySelectorAll(".table .sentences")) listed(list);

  // Files, and what is not seen at once, are packed to keep the report small.
  const unpacked = (base64) => {
    const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
  };
  const read = (drawing, panels) => {
    if (!panels.length) return;
    for (const zone of drawing.querySelectorAll(".zone")) readable(zone, panels[Number(zone.dataset.panel)]);
  };
  const small = window.matchMedia("screen and (max-width:640px)");
  const draw = async () => {
    const kept = await unpacked(document.getElementById("drawings").textContent).json();
    for (const figure of document.querySelectorAll("figure")) {
      read(figure.querySelector(".wide"), kept[figure.id].panels);
      const numbers = figure.querySelector(".numbers");
      if (numbers) numbers.innerHTML = kept[figure.id].numbers;
      const list = figure.querySelector(".sentences");
      if (!list) continue;
      for (const line of kept[figure.id].sentences) {
        const sentence = document.createElement("p");
        sentence.className = "sentence";
        sentence.textContent = line;
        const item = document.createElement("li");
        item.append(sentence);
        list.lastElementChild.append(item);
      }
      listed(list);
      list.hidden = false;
    }
    const narrow = () => {
      if (!small.matches) return;
      small.removeEventListener("change", narrow);
      for (const figure of document.querySelectorAll("figure")) {
        const place = figure.querySelector(".narrow");
        place.innerHTML = kept[figure.id].narrow;
        figure.classList.add("unpacked");
        read(place, kept[figure.id].panels);
      }
    };
    small.addEventListener("change", narrow);
    narrow();
    document.body.classList.add("ready");
  };
  const save = async (link) => {
    const saving = document.createElement("a");
    saving.href = URL.createObjectURL(await unpacked(link.href.split(",", 2)[1]).blob());
    saving.download = link.download.replace(/\.gz$/, "");
    saving.click();
    window.setTimeout(() => URL.revokeObjectURL(saving.href), 10000);
  };
  if ("DecompressionStream" in window) {
    draw();
    for (const link of document.querySelectorAll("a[download$='.gz']")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        save(link);
      });
    }
  }

  // Where in the report we are.
  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-10% 0px -80% 0px" });
  for (const section of document.querySelectorAll("main > section")) seen.observe(section);
})();
