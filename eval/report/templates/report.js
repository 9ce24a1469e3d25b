"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const root = document.documentElement;
  const elements = [...document.querySelectorAll(".passage")];
  const articles = [...document.querySelectorAll(".articles > article")];
  // The columns of a row of data.rows, and of a frame in it.
  const ARTICLE = 0, DOC_ID = 1, PASSAGE = 2, START = 3, END = 4, FLAGS = 5, MODEL = 6, P = 7, FRAMES = 8;
  const FRAME = 0, VOICE = 1, ACTORS = 2, MARKED_ACTORS = 3, EVIDENCE = 4;
  const group = $("group"), actor = $("actor"), search = $("q"), least = $("p");
  const boxes = (name) => [...document.querySelectorAll(`input[name="${name}"]`)];
  const frameBoxes = boxes("frame"), voiceBoxes = boxes("voice");
  let shown = elements.map(() => true);
  let words = null;
  let here = -1;

  // The text of a passage as it was scored, characters in boxes as themselves.
  const textOf = (number) => {
    const text = elements[number].querySelector(".text").cloneNode(true);
    for (const box of text.querySelectorAll(".code")) {
      box.replaceWith(String.fromCodePoint(parseInt(box.dataset.c, 16)));
    }
    return text.textContent;
  };
  const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ");
  const searchable = () => {
    words ??= elements.map((element, number) => {
      const title = articles[data.rows[number][ARTICLE]].querySelector("h3").textContent;
      return plain(`${element.querySelector(".text").textContent}\n${title}`);
    });
    return words;
  };

  const checked = (list) => list.filter((box) => box.checked).map((box) => Number(box.value));
  const state = () => ({
    frames: checked(frameBoxes),
    voices: checked(voiceBoxes),
    actor: actor.value === "" ? -1 : Number(actor.value),
    group: !group || group.value === "" ? -1 : Number(group.value),
    least: Number(least.value) / 100,
    search: plain(search.value.trim()),
  });
  const active = (by) =>
    by.frames.length || by.voices.length || by.actor >= 0 || by.group >= 0 || by.least || by.search;

  const fits = (row, by) =>
    row[FRAMES].some(
      (found) =>
        (!by.frames.length || by.frames.includes(found[FRAME])) &&
        (!by.voices.length || by.voices.includes(found[VOICE])) &&
        (by.actor < 0 || found[ACTORS].includes(by.actor)) &&
        row[P][found[FRAME]] >= by.least,
    );

  const filter = (remember = true) => {
    const by = state();
    const framed = by.frames.length || by.voices.length || by.actor >= 0 || by.least;
    const texts = by.search ? searchable() : null;
    const inArticle = new Array(articles.length).fill(0);
    let count = 0;
    data.rows.forEach((row, number) => {
      const fit =
        (by.group < 0 || data.articles[row[ARTICLE]][0] === by.group) &&
        (!framed || fits(row, by)) &&
        (!texts || texts[number].includes(by.search));
      if (fit !== shown[number]) elements[number].hidden = !fit;
      shown[number] = fit;
      if (fit) {
        count += 1;
        inArticle[row[ARTICLE]] += 1;
      }
    });
    articles.forEach((article, number) => {
      if (article.hidden !== !inArticle[number]) article.hidden = !inArticle[number];
    });
    const all = elements.length.toLocaleString("en");
    $("count").textContent = active(by)
      ? `${count.toLocaleString("en")} of ${all} passages`
      : `${all} passage${elements.length === 1 ? "" : "s"}`;
    $("p-said").textContent = `${least.value}%`;
    $("nothing").hidden = count > 0;
    here = -1;
    if (remember) keep(by);
  };

  // The filters in the address, so that a view can be sent on.
  const keep = (by) => {
    const said = new URLSearchParams();
    if (by.frames.length) said.set("frame", by.frames.map((n) => data.frames[n][0]).join(","));
    if (by.voices.length) said.set("voice", by.voices.map((n) => data.voices[n][0]).join(","));
    if (by.actor >= 0) said.set("actor", data.actors[by.actor]);
    if (by.group >= 0) said.set("in", data.groups[by.group]);
    if (by.least) said.set("p", least.value);
    if (by.search) said.set("q", search.value.trim());
    const hash = said.toString();
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  };
  const restore = () => {
    const hash = location.hash.slice(1);
    if (hash.startsWith("p-")) return reveal($(hash));
    if (!hash.includes("=")) return filter(false);
    const said = new URLSearchParams(hash);
    const named = (name) => (said.get(name) ?? "").split(",");
    for (const box of frameBoxes) box.checked = named("frame").includes(data.frames[box.value][0]);
    for (const box of voiceBoxes) box.checked = said.has("voice") && named("voice").includes(data.voices[box.value][0]);
    choose(actor, data.actors.indexOf(said.get("actor")));
    if (group) choose(group, data.groups.indexOf(said.get("in")));
    least.value = said.get("p") ?? 0;
    search.value = said.get("q") ?? "";
    return filter(false);
  };
  const choose = (select, number) => {
    select.value = number < 0 ? "" : String(number);
  };
  const clear = () => {
    for (const box of [...frameBoxes, ...voiceBoxes]) box.checked = false;
    choose(actor, -1);
    if (group) choose(group, -1);
    least.value = 0;
    search.value = "";
    filter();
  };

  const reveal = (passage) => {
    if (!passage) return;
    if (passage.hidden || passage.closest("article").hidden) {
      const hash = location.hash;
      clear();
      history.replaceState(null, "", hash);
    }
    go(elements.indexOf(passage));
  };
  const go = (number) => {
    here = number;
    elements[number].tabIndex = -1;
    elements[number].focus({ preventScroll: true });
    elements[number].scrollIntoView({ block: "center" });
  };
  const step = (by) => {
    let number = here < 0 && by < 0 ? elements.length : here;
    do number += by;
    while (number >= 0 && number < elements.length && !(shown[number] && data.rows[number][FRAMES].length));
    if (number >= 0 && number < elements.length) go(number);
  };

  // The rows that are shown, as CSV. A cell that a spreadsheet would take for a formula gets an apostrophe (OWASP).
  const cell = (value) => {
    const text = String(value ?? "");
    const safe = /^[=+\-@\t\r]/.test(text) && typeof value !== "number" ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const csv = () => {
    const parts = ["p", "present", "voice", "actors", "evidence"];
    const head = ["doc_id", "passage", "start", "end", "text", "source", "month", "flags", "model"];
    const lines = [[...head, ...data.frames.flatMap(([id]) => parts.map((part) => `${id}_${part}`))]];
    data.rows.forEach((row, number) => {
      if (!shown[number]) return;
      const text = textOf(number);
      const points = Array.from(text);
      const [, source, month] = data.articles[row[ARTICLE]];
      const line = [row[DOC_ID], row[PASSAGE], row[START], row[END], text, source, month, row[FLAGS]];
      line.push(data.models[row[MODEL]]);
      const spans = (list) =>
        JSON.stringify(
          list.map(([start, end, p]) => ({
            start: start + row[START],
            end: end + row[START],
            text: points.slice(start, end).join(""),
            p,
          })),
        );
      data.frames.forEach((_, frame) => {
        const found = row[FRAMES].find((one) => one[FRAME] === frame);
        line.push(row[P][frame], Boolean(found), found ? data.voices[found[VOICE]][0] : "");
        line.push(spans(found ? found[MARKED_ACTORS] : []), spans(found ? found[EVIDENCE] : []));
      });
      lines.push(line);
    });
    return lines.map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
  };
  const save = () => {
    const address = URL.createObjectURL(new Blob(["\ufeff", csv()], { type: "text/csv;charset=utf-8" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = "passages.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  };

  const stored = (name, value) => {
    try {
      if (value !== undefined) localStorage.setItem(name, value);
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  const dark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const paint = () => {
    $("theme").textContent = dark() ? "Light" : "Dark";
  };

  // Actors by how many passages of the page have them.
  const counts = data.actors.map(() => 0);
  for (const row of data.rows) {
    for (const number of new Set(row[FRAMES].flatMap((found) => found[ACTORS]))) counts[number] += 1;
  }
  const options = (select, names, order) =>
    select.append(...order.map((number) => new Option(names[number], String(number))));
  const order = data.actors.map((_, number) => number);
  order.sort((one, other) => counts[other] - counts[one] || data.actors[one].localeCompare(data.actors[other]));
  options(actor, data.actors, order);
  if (group) options(group, data.groups, data.groups.map((_, number) => number));

  for (const element of document.querySelectorAll(".scripted")) element.hidden = false;
  if (matchMedia("(max-width: 67.99rem)").matches) document.querySelector(".filters").open = false;
  for (const box of [...frameBoxes, ...voiceBoxes, actor, group]) box?.addEventListener("change", () => filter());
  for (const field of [search, least]) field.addEventListener("input", () => filter());
  for (const id of ["clear", "clear-too"]) $(id).addEventListener("click", clear);
  $("csv").addEventListener("click", save);
  document.querySelector("main").addEventListener("click", (event) => {
    const button = event.target.closest("button[data-frame]");
    if (!button) return;
    clear();
    frameBoxes[button.dataset.frame].checked = true;
    if (button.dataset.actor !== undefined) choose(actor, Number(button.dataset.actor));
    if (button.dataset.voice !== undefined) voiceBoxes[button.dataset.voice].checked = true;
    filter();
    $("passages").scrollIntoView();
    const first = shown.indexOf(true);
    if (first >= 0) {
      elements[first].tabIndex = -1;
      elements[first].focus({ preventScroll: true });
      here = first;
    }
  });
  $("theme").addEventListener("click", () => {
    root.dataset.theme = stored("framelens-theme", dark() ? "light" : "dark") ?? (dark() ? "light" : "dark");
    paint();
  });
  $("help").addEventListener("click", () => $("keys").showModal());
  $("close").addEventListener("click", () => $("keys").close());
  $("single").addEventListener("change", (event) => stored("framelens-keys", event.target.checked ? "on" : "off"));
  $("single").checked = stored("framelens-keys") !== "off";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
    const field = event.target.closest("input, select, textarea");
    if (event.key === "Escape" && field) return field.blur();
    if (!$("single").checked || (field && field.type !== "checkbox")) return;
    const act = {
      "/": () => {
        document.querySelector(".filters").open = true;
        search.focus();
        search.scrollIntoView({ block: "nearest" });
      },
      j: () => step(1),
      k: () => step(-1),
      c: clear,
      "?": () => $("keys").showModal(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  addEventListener("hashchange", restore);
  // On paper nothing can be opened.
  const closed = [];
  addEventListener("beforeprint", () => {
    closed.push(...document.querySelectorAll("details:not([open])"));
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of closed.splice(0)) details.open = false;
  });

  const theme = stored("framelens-theme");
  if (theme) root.dataset.theme = theme;
  paint();
  restore();
  root.dataset.ready = "yes";
  performance.mark("ready");
})();
