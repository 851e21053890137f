// Comforts for pages that all work without this script. What a template asks for with an attribute:
//   <form data-draft>             what is typed stays in this browser until it was taken; no passwords, codes, files
//   <form data-once>              sent without leaving the page, so that nothing is lost (also: data-draft, files)
//   <form data-filter>            what a pointer chooses is asked for at once (class "filters" does the same)
//   <input type=file data-max=N>  more than N bytes are refused before they are sent
//   <p data-select-all="NAME">    becomes "Chọn tất cả" with a count, for the checkboxes NAME of its form
//   <input data-search>           the key "/" goes there
//   <button hidden data-print>    appears, and prints the page
// Each form is sent once, however often its button is pressed. <body data-account> says whose drafts are shown;
// they go at log-out, and after a week.
"use strict";

const WEEK = 7 * 24 * 3600 * 1000;
const MEGABYTE = 1024 * 1024;
const PREFIX = "cchc draft|";
const KEYS_OFF = "cchc keys off";
const account = document.body.dataset.account || "";
const mine = PREFIX + account + "|";
const dirty = new Set();

const all = (where, what) => Array.from(where.querySelectorAll(what));
const action = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;

function made(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  if (properties.role) element.setAttribute("role", properties.role);
  element.append(...children);
  return element;
}

const button = (textContent, onclick) => made("button", { type: "button", className: "other", textContent, onclick });

function moment(at) {
  const day = new Date(at);
  const hour = day.toTimeString().slice(0, 5);
  const today = day.toDateString() === new Date().toDateString();
  return today ? hour : `${hour} ngày ${day.getDate()}/${day.getMonth() + 1}`;
}

function size(bytes) {
  if (bytes < MEGABYTE) return `${Math.ceil(bytes / 1024)} KB`;
  return `${(bytes / MEGABYTE).toFixed(1).replace(".", ",")} MB`;
}

// A browser may have its storage turned off, or full.
function stored(act) { try { return act(localStorage); } catch (e) { return null; } }
const store = {
  get: (key) => stored((kept) => JSON.parse(kept.getItem(key))),
  put: (key, value) => stored((kept) => { kept.setItem(key, JSON.stringify(value)); return true; }),
  drop: (key) => stored((kept) => kept.removeItem(key)),
  keys: () => stored(Object.keys) || [],
};

// ---- drafts

const draftKey = (form) => `${mine}${location.pathname}|${form.id || action(form)}`;
const chosen = (each) => each.type === "checkbox" || each.type === "radio";

function kept(form) {
  return Array.from(form.elements).filter((each) => each.name && each.autocomplete !== "one-time-code"
    && !/^(hidden|password|file|submit|button)$/.test(each.type));
}

const typed = (form) => kept(form).map((each) => [each.name, each.value, chosen(each) ? each.checked : null]);

function fill(form, values) {
  kept(form).forEach((each) => {
    const found = values.find(([name, value, on]) => name === each.name && (on === null || value === each.value));
    if (!found) return;
    if (chosen(each)) each.checked = found[2];
    else each.value = found[1];
  });
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

function keepDraft(form) {
  const key = draftKey(form);
  const before = JSON.stringify(typed(form));
  const found = store.get(key);
  if (found && JSON.stringify(found.values) !== before) offer(form, key, found);
  let waiting = 0;
  const save = () => {
    clearTimeout(waiting);
    const values = typed(form);
    if (form.dataset.sent === undefined && JSON.stringify(values) !== before) {
      form.dataset.kept = store.put(key, { at: Date.now(), values });
    }
  };
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(save, 300); });
  form.addEventListener("change", save);
  addEventListener("pagehide", () => { if (dirty.has(form)) save(); });
}

function offer(form, key, found) {
  const close = () => { box.remove(); kept(form)[0].focus(); };
  const box = made("div", { className: "banner calm draft", role: "status" },
    `Khôi phục bản nháp lúc ${moment(found.at)}? `,
    button("Khôi phục", () => { fill(form, found.values); dirty.add(form); close(); }),
    button("Bỏ bản nháp", () => { store.drop(key); close(); }));
  form.prepend(box);
}

function forget(leaving) {
  store.keys().filter((key) => key.startsWith(PREFIX)).forEach((key) => {
    const found = store.get(key);
    if ((leaving && key.startsWith(mine)) || !found || !(Date.now() - found.at < WEEK)) store.drop(key);
  });
}

// ---- sending

function say(form, text, tone) {
  const line = form.querySelector(".sending") || made("p", { role: "status" });
  form.append(line);
  line.className = `sending ${text && `banner ${tone}`}`;
  line.textContent = text;
}

function hold(form) {
  form.dataset.sent = "";
  all(form, "button:not([type=button])").forEach((each) => each.setAttribute("aria-disabled", "true"));
  say(form, "Đang gửi…", "calm");
}

function free(form, text) {
  delete form.dataset.sent;
  all(form, "[aria-disabled]").forEach((each) => each.removeAttribute("aria-disabled"));
  say(form, text, "bad");
}

function send(form, submitter) {
  const body = new FormData(form);
  if (submitter && submitter.name) body.append(submitter.name, submitter.value);
  const request = new XMLHttpRequest();
  const asked = new URL((submitter && submitter.getAttribute("formaction")) || form.action, location.href).href;
  request.open("POST", asked);
  request.upload.onprogress = (event) => {
    const part = Math.floor((100 * event.loaded) / (event.total || 1));
    if (event.total > 100000) say(form, part < 100 ? `Đang gửi… ${part}%` : "Đã gửi xong, đang xử lý…", "calm");
  };
  request.onload = () => answered(form, request, asked);
  request.onerror = () => free(form,
    "Chưa gửi được vì mất kết nối. Nội dung vẫn còn ở đây; khi có mạng, hãy bấm gửi lại.");
  request.send(form.enctype === "multipart/form-data" ? body : new URLSearchParams(body));
}

function answered(form, request, asked) {
  const arrived = new URL(request.responseURL || asked, location.href);
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const again = all(page, "main form").some((each) => each.getAttribute("action") === form.getAttribute("action"));
  const refusal = page.querySelector("main [role=alert], main .notice");
  const good = request.status < 400 && !(again && refusal);
  const moved = arrived.href !== asked;
  if (good && moved && !arrived.pathname.startsWith("/login")) store.drop(draftKey(form));  // else it waits for the next log-in
  if (good && moved) {
    dirty.clear();
    if (arrived.href === location.href) location.reload();
    else location.assign(arrived.href);
  } else if (again || (good && page.querySelector("main"))) {
    shown(page);
  } else {
    free(form, refusal ? refusal.textContent.trim() : "Chưa thực hiện được. Đề nghị thử lại sau ít phút.");
  }
}

// A refused form comes again with what was typed; a form of several steps goes on, and Back leads to the one before.
function shown(page) {
  const main = page.querySelector("main");
  if (page.title !== document.title) {
    steps[at] = { ...steps[at], title: document.title, dirty: Array.from(dirty) };
    at += 1;
    steps.length = at;
    history.pushState({ step: at }, "");
  }
  steps[at] = { main };
  document.querySelector("main").replaceWith(main);
  document.title = page.title;
  dirty.clear();
  set(main);
  const notice = main.querySelector("[role=alert], [role=status]:not(.chosen)") || main.querySelector("h1") || main;
  notice.tabIndex = -1;
  notice.focus();
}

// Steps that were shown without leaving the page, as they were left: what was typed, files that were chosen.
const stepOf = (state) => (state && state.step) || 0;
const steps = [];
let at = stepOf(history.state);
steps[at] = { main: document.querySelector("main") };

function stepped(event) {
  const wanted = stepOf(event.state);
  const step = steps[wanted];
  if (!step || wanted === at) return;
  steps[at] = { ...steps[at], title: document.title, dirty: Array.from(dirty) };
  at = wanted;
  document.querySelector("main").replaceWith(step.main);
  document.title = step.title;
  dirty.clear();
  step.dirty.forEach((form) => dirty.add(form));
  all(step.main, "form[data-sent]").forEach((form) => free(form, ""));
}

function watch(form) {
  const here = form.matches("[data-once], [data-draft], [enctype='multipart/form-data']");
  form.addEventListener("input", () => dirty.add(form));
  form.addEventListener("submit", (event) => {
    const again = form.dataset.sent !== undefined;
    if (again || here) event.preventDefault();
    if (again) return;
    if (action(form) === "/logout") forget(true);
    if (here) {
      send(form, event.submitter);
    } else {
      dirty.clear();
      setTimeout(() => free(form, ""), 15000);
    }
    hold(form);
  });
}

// ---- fields

function showFiles(field) {
  const limit = Number(field.dataset.max || 20 * MEGABYTE);
  const list = made("ul", { className: "chosen", role: "status" });
  field.after(list);
  field.addEventListener("change", () => {
    const files = Array.from(field.files);
    const large = files.find((each) => each.size > limit);
    field.setCustomValidity(large ? `Tệp ${large.name} lớn hơn ${size(limit)} nên sẽ không được nhận.` : "");
    list.replaceChildren(...files.map((each) => {
      const line = made("li", { textContent: `${each.name}, ${size(each.size)}` });
      if (each.type.startsWith("image/") && window.createImageBitmap) preview(each, line);
      return line;
    }));
    if (large) field.reportValidity();
  });
}

function preview(file, line) {
  createImageBitmap(file).then((image) => {
    const scale = Math.min(1, 240 / Math.max(image.width, image.height));
    const [width, height] = [image.width * scale, image.height * scale];
    const canvas = made("canvas", { width, height, role: "img", ariaLabel: `Ảnh ${file.name}` });
    canvas.getContext("2d").drawImage(image, 0, 0, width, height);
    line.append(canvas);
  }, () => { /* a kind of picture that this browser can't show */ });
}

function selectAll(place) {
  const form = place.closest("form");
  const boxes = all(form, "input[type=checkbox]").filter((each) => each.name === place.dataset.selectAll);
  const box = made("input", { type: "checkbox", onchange: () => boxes.forEach((each) => { each.checked = box.checked; }) });
  const count = made("span", { role: "status" });
  const tell = () => {
    const on = boxes.filter((each) => each.checked).length;
    box.checked = on > 0 && on === boxes.length;
    box.indeterminate = on > 0 && on < boxes.length;
    count.textContent = on ? ` Đã chọn ${on} trong ${boxes.length}.` : "";
  };
  place.replaceChildren(made("label", {}, box, ` Chọn tất cả (${boxes.length})`), count);
  form.addEventListener("change", tell);
  tell();
}

// The keyboard passes over other choices on its way, so only what a pointer chose is asked for at once.
function filter(form) {
  let pointed = false;
  form.addEventListener("pointerdown", () => { pointed = true; });
  form.addEventListener("keydown", () => { pointed = false; });
  form.addEventListener("change", (event) => {
    if (pointed && /^(select-one|checkbox|radio)$/.test(event.target.type)) form.submit();
  });
}

function set(where) {
  all(where, "form[method=post]").forEach(watch);
  if (account) all(where, "form[method=post][data-draft]").forEach(keepDraft);
  all(where, "form[data-filter], form.filters").forEach(filter);
  all(where, "input[type=file]").forEach(showFiles);
  all(where, "[data-select-all]").forEach(selectAll);
  all(where, "[data-print]").forEach((each) => Object.assign(each, { hidden: false, onclick: () => print() }));
}

// ---- the whole page

function keys(footer) {
  const off = made("input", { type: "checkbox", checked: store.get(KEYS_OFF), onchange: () => store.put(KEYS_OFF, off.checked) });
  const line = (key, what) => made("li", {}, made("kbd", { textContent: key }), ` ${what}`);
  const dialog = made("dialog", { className: "keys", ariaLabel: "Phím tắt" },
    made("h2", { textContent: "Phím tắt" }),
    made("ul", {}, line("/", "tới ô tìm kiếm"), line("?", "xem các phím tắt"), line("Esc", "đóng bảng này")),
    made("p", {}, made("label", {}, off, " Không dùng phím tắt")),
    button("Đóng", () => dialog.close()));
  document.body.append(dialog);
  footer.append(made("p", { className: "keys-act" }, button("Phím tắt", () => dialog.showModal())));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || off.checked) return;
    if (event.target.closest("input, select, textarea, dialog")) return;
    const search = document.querySelector("[data-search]");
    if (event.key === "/" && search) search.focus();
    else if (event.key === "?") dialog.showModal();
    else return;
    event.preventDefault();
  });
}

function connection(main) {
  const line = made("p", { className: "banner warn offline", role: "status" });
  const tell = () => {
    line.hidden = navigator.onLine;
    line.textContent = navigator.onLine ? "" : "Mất kết nối mạng. Những gì đang nhập không mất; hãy gửi khi có mạng lại.";
  };
  main.before(line);
  addEventListener("online", tell);
  addEventListener("offline", tell);
  tell();
}

const unsent = (form) => document.contains(form) && (all(form, "input[type=file]").some((each) => each.files.length)
  || (form.querySelector("textarea") && form.dataset.kept !== "true"));
addEventListener("beforeunload", (event) => {
  if (!Array.from(dirty).some(unsent)) return;
  event.preventDefault();
  event.returnValue = "";
});
addEventListener("pageshow", (event) => {
  if (event.persisted) all(document, "form[data-sent]").forEach((form) => free(form, ""));
});

addEventListener("popstate", stepped);
forget(false);
set(document);
connection(document.querySelector("main"));
const footer = document.querySelector(".bottom");
if (footer && window.HTMLDialogElement) keys(footer);
