// Comforts for pages that all work without this script. What a template asks for with an attribute:
//   <form data-draft>             what is typed is kept in this browser until it was taken; never passwords, codes, files
//   <form data-once>              sent without leaving the page: no connection, nothing lost (also: data-draft, files)
//   <form data-filter method=get> a list is chosen by pointer: asked for at once (class "filters" does the same)
//   <input type=file data-max=N>  more than N bytes are refused before they are sent (20 MB if nothing is said)
//   <p data-select-all="NAME">    becomes "Chọn tất cả" with a count, for the checkboxes NAME of the same form
//   <input data-search>           the key "/" goes there
//   <button hidden data-print>    appears, and prints the page
//   <… data-no-draft>             a field that is never kept
// Every form that changes something is sent once, however often its button is pressed.
// A page says in <body data-account> whose drafts it may show; drafts go at log-out, and after a week.
(function () {
  "use strict";

  const WEEK = 7 * 24 * 3600 * 1000;
  const MEGABYTE = 1024 * 1024;
  const PREFIX = "cchc draft|";
  const account = document.body.dataset.account || "";
  const mine = PREFIX + account + "|";
  const dirty = new Set();

  // ---- small helpers

  const all = (where, what) => Array.from(where.querySelectorAll(what));
  const twoDigits = (number) => String(number).padStart(2, "0");

  function made(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  function button(text, act) {
    const element = made("button", { type: "button", textContent: text });
    element.addEventListener("click", act);
    return element;
  }

  function moment(at) {
    const day = new Date(at);
    const hour = `${twoDigits(day.getHours())}:${twoDigits(day.getMinutes())}`;
    const today = day.toDateString() === new Date().toDateString();
    return today ? hour : `${hour} ngày ${day.getDate()}/${day.getMonth() + 1}`;
  }

  function megabytes(bytes) {
    if (bytes < 1024) return `${bytes} byte`;
    if (bytes < MEGABYTE) return `${Math.round(bytes / 1024)} KB`;
    return `${(bytes / MEGABYTE).toFixed(1).replace(".", ",")} MB`;
  }

  const store = {
    get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch (e) { return null; } },
    put(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch (e) { return false; } },
    drop(key) { try { localStorage.removeItem(key); } catch (e) { /* it is off, so nothing is there */ } },
    keys() { try { return Object.keys(localStorage); } catch (e) { return []; } },
  };

  // ---- drafts

  const isPost = (form) => form.method === "post";
  const action = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;
  const draftKey = (form) => `${mine}${location.pathname}|${form.id || action(form)}`;

  function kept(form) {
    const never = ["hidden", "password", "file", "submit", "button"];
    return Array.from(form.elements).filter((each) => each.name && !never.includes(each.type)
      && each.autocomplete !== "one-time-code" && each.dataset.noDraft === undefined);
  }

  function typed(form) {
    return kept(form).map((each) => {
      if (each.type === "checkbox" || each.type === "radio") return [each.name, each.value, each.checked];
      return [each.name, each.multiple ? Array.from(each.selectedOptions, (o) => o.value) : each.value];
    });
  }

  function fill(form, values) {
    const left = values.slice();
    kept(form).forEach((each) => {
      const choice = each.type === "checkbox" || each.type === "radio";
      const at = left.findIndex(([name, value, on]) =>
        name === each.name && (on !== undefined) === choice && (!choice || value === each.value));
      if (at < 0) return;
      const [, value, on] = left.splice(at, 1)[0];
      if (choice) each.checked = on;
      else if (each.multiple) Array.from(each.options).forEach((o) => { o.selected = value.includes(o.value); });
      else each.value = value;
    });
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function keepDrafts(form) {
    const key = draftKey(form);
    const before = JSON.stringify(typed(form));
    const found = store.get(key);
    if (found && JSON.stringify(found.values) !== before) offer(form, key, found);
    let waiting = 0;
    const save = () => {
      clearTimeout(waiting);
      if (form.dataset.sent !== undefined) return;
      const now = typed(form);
      form.dataset.kept = JSON.stringify(now) === before || store.put(key, { at: Date.now(), values: now });
    };
    form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(save, 400); });
    form.addEventListener("change", save);
    addEventListener("pagehide", () => { if (dirty.has(form)) save(); });
  }

  function offer(form, key, found) {
    const box = made("div", { className: "banner calm draft" });
    box.setAttribute("role", "status");
    const close = () => { box.remove(); const first = kept(form)[0]; if (first) first.focus(); };
    box.append(made("span", { textContent: `Khôi phục bản nháp lúc ${moment(found.at)}?` }),
      button("Khôi phục", () => { fill(form, found.values); dirty.add(form); close(); }),
      button("Bỏ bản nháp", () => { store.drop(key); close(); }));
    form.prepend(box);
  }

  function forget(everything) {
    store.keys().filter((key) => key.startsWith(PREFIX)).forEach((key) => {
      const found = store.get(key);
      if ((everything && key.startsWith(mine)) || !found || Date.now() - found.at > WEEK) store.drop(key);
    });
  }

  // ---- sending

  function say(form, text, tone) {
    let line = form.querySelector(".sending");
    if (!line) {
      line = made("p", { className: "sending" });
      line.setAttribute("role", "status");
      (form.querySelector(".acts") || form).append(line);
    }
    line.className = text ? `sending banner ${tone}` : "sending";
    line.textContent = text;
  }

  function free(form) {
    delete form.dataset.sent;
    all(form, "button[aria-disabled]").forEach((each) => each.removeAttribute("aria-disabled"));
  }

  function hold(form) {
    form.dataset.sent = "";
    all(form, "button:not([type=button])").forEach((each) => each.setAttribute("aria-disabled", "true"));
    say(form, "Đang gửi…", "calm");
  }

  function send(form, submitter) {
    const body = new FormData(form);
    if (submitter && submitter.name) body.append(submitter.name, submitter.value);
    const target = (submitter && submitter.getAttribute("formaction")) || form.action;
    const plain = form.enctype !== "multipart/form-data";
    const files = all(form, "input[type=file]").some((each) => each.files.length);
    const request = new XMLHttpRequest();
    request.open("POST", target);
    request.upload.addEventListener("progress", (event) => {
      if (!files || !event.lengthComputable) return;
      const part = Math.floor((100 * event.loaded) / event.total);
      say(form, part < 100 ? `Đang gửi… ${part}%` : "Đã gửi xong, đang xử lý…", "calm");
    });
    request.addEventListener("load", () => answered(form, request, target));
    ["error", "timeout", "abort"].forEach((name) => request.addEventListener(name, () => {
      free(form);
      say(form, "Chưa gửi được vì mất kết nối. Nội dung vẫn còn ở đây; khi có mạng, bấm gửi lại.", "bad");
    }));
    request.send(plain ? new URLSearchParams(body) : body);
  }

  function answered(form, request, target) {
    const arrived = new URL(request.responseURL || target, location.href);
    const moved = arrived.pathname !== new URL(target, location.href).pathname;
    if (request.status < 400 && arrived.pathname.startsWith("/login")) {
      dirty.clear();  // the log-in ended meanwhile: the draft waits for whoever signs in again
      location.assign(arrived.href);
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const again = all(page, "main form").some((each) => each.getAttribute("action") === form.getAttribute("action"));
    const refused = page.querySelector("main [role=alert], main .notice");
    if (request.status < 400 && (moved || !(again && refused))) {
      store.drop(draftKey(form));
      dirty.clear();
      location.assign(arrived.href);
      if (arrived.pathname + arrived.search === location.pathname + location.search) location.reload();
    } else if (again) {
      shown(page, form);
    } else {
      free(form);
      say(form, refused ? refused.textContent.trim() : "Chưa thực hiện được. Đề nghị thử lại sau ít phút.", "bad");
    }
  }

  // A refused form comes again; the files that were chosen for it stay chosen.
  function shown(page, form) {
    const files = all(form, "input[type=file]").map((each) => [each.name, each.files]);
    const main = page.querySelector("main");
    document.querySelector("main").replaceWith(main);
    document.title = page.title;
    set(main);
    const here = all(main, "form").find((each) => each.getAttribute("action") === form.getAttribute("action"));
    files.forEach(([name, list]) => {
      const field = here.elements[name];
      if (field && list.length) { field.files = list; field.dispatchEvent(new Event("change", { bubbles: true })); }
    });
    dirty.add(here);
    const notice = main.querySelector("[role=alert]") || here;
    notice.tabIndex = -1;
    notice.focus();
  }

  function watch(form) {
    const alone = form.dataset.once !== undefined || form.dataset.draft !== undefined
      || form.enctype === "multipart/form-data";
    form.addEventListener("input", () => dirty.add(form));
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent !== undefined) { event.preventDefault(); return; }
      if (all(form, "input[type=file]").some((each) => each.validationMessage)) { event.preventDefault(); return; }
      if (action(form) === "/logout") forget(true);
      hold(form);
      if (!alone) { dirty.clear(); setTimeout(() => free(form), 15000); return; }
      event.preventDefault();
      send(form, event.submitter);
    });
  }

  // ---- fields

  function showFile(field) {
    const limit = Number(field.dataset.max || 20 * MEGABYTE);
    const list = made("ul", { className: "chosen" });
    list.setAttribute("role", "status");
    field.after(list);
    field.addEventListener("change", () => {
      const files = Array.from(field.files);
      const large = files.find((each) => each.size > limit);
      field.setCustomValidity(large ? `Tệp ${large.name} lớn hơn ${megabytes(limit)} nên sẽ không được nhận.` : "");
      list.replaceChildren(...files.map((each) => {
        const line = made("li", { textContent: `${each.name}, ${megabytes(each.size)}` });
        if (each.type.startsWith("image/")) preview(each, line);
        return line;
      }));
      if (large) list.append(made("li", { className: "late", textContent: field.validationMessage }));
      if (large) field.reportValidity();
    });
  }

  function preview(file, line) {
    if (!window.createImageBitmap) return;
    createImageBitmap(file).then((image) => {
      const scale = Math.min(1, 240 / image.width, 240 / image.height);
      const canvas = made("canvas", { width: image.width * scale, height: image.height * scale });
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `Ảnh ${file.name}`);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      line.append(canvas);
    }).catch(() => { /* a kind of picture that this browser can't show */ });
  }

  function selectAll(place) {
    const form = place.closest("form") || document;
    const boxes = () => all(form, "input[type=checkbox]")
      .filter((each) => each.name === place.dataset.selectAll && !each.disabled);
    const box = made("input", { type: "checkbox" });
    const count = made("span", { className: "meta" });
    count.setAttribute("role", "status");
    const tell = () => {
      const every = boxes();
      const on = every.filter((each) => each.checked).length;
      box.checked = on > 0 && on === every.length;
      box.indeterminate = on > 0 && on < every.length;
      count.textContent = on ? ` Đã chọn ${on} trong ${every.length}.` : "";
    };
    box.addEventListener("change", () => { boxes().forEach((each) => { each.checked = box.checked; }); tell(); });
    form.addEventListener("change", tell);
    place.replaceChildren(made("label", {}, box, ` Chọn tất cả (${boxes().length})`), count);
    tell();
  }

  // A choice made with the keyboard passes over others on its way, so only one made by pointer is asked for at once.
  function filter(form) {
    let pointed = false;
    form.addEventListener("pointerdown", () => { pointed = true; });
    form.addEventListener("keydown", () => { pointed = false; });
    form.addEventListener("change", (event) => {
      if (pointed && /^(select-one|checkbox|radio)$/.test(event.target.type)) form.submit();
    });
  }

  function set(where) {
    all(where, "form").filter(isPost).forEach(watch);
    all(where, "main form[data-draft], form[data-draft]").filter(isPost).forEach((each) => { if (account) keepDrafts(each); });
    all(where, "form[data-filter], form.filters").filter((each) => !isPost(each)).forEach(filter);
    all(where, "input[type=file]").forEach(showFile);
    all(where, "[data-select-all]").forEach(selectAll);
    all(where, "[data-print]").forEach((each) => { each.hidden = false; each.addEventListener("click", () => print()); });
  }

  // ---- the whole page

  const keysOff = "cchc keys off";

  function keys() {
    const off = made("input", { type: "checkbox", checked: store.get(keysOff) === true });
    off.addEventListener("change", () => store.put(keysOff, off.checked));
    const line = (key, what) => made("li", {}, made("kbd", { textContent: key }), ` ${what}`);
    const close = button("Đóng", () => dialog.close());
    const title = made("h2", { id: "keys-title", textContent: "Phím tắt" });
    const dialog = made("dialog", { className: "keys" }, title,
      made("ul", {}, line("/", "tới ô tìm kiếm"), line("?", "xem các phím tắt"), line("Esc", "đóng bảng này")),
      made("p", {}, made("label", {}, off, " Tắt các phím tắt")), close);
    dialog.setAttribute("aria-labelledby", "keys-title");
    document.body.append(dialog);
    const footer = document.querySelector(".bottom");
    if (footer) footer.append(made("p", { className: "keys-act" }, button("Phím tắt", () => dialog.showModal())));
    return dialog;
  }

  function listen(dialog) {
    document.addEventListener("keydown", (event) => {
      const busy = event.target.closest("input, select, textarea, [contenteditable], dialog");
      if (busy || event.ctrlKey || event.metaKey || event.altKey || store.get(keysOff) === true) return;
      const search = document.querySelector("[data-search], input[type=search]");
      if (event.key === "/" && search) { event.preventDefault(); search.focus(); search.select(); }
      if (event.key === "?") { event.preventDefault(); dialog.showModal(); }
    });
  }

  function connection() {
    const line = made("p", { className: "banner warn offline", hidden: navigator.onLine });
    line.setAttribute("role", "status");
    const tell = () => {
      line.hidden = navigator.onLine;
      line.textContent = navigator.onLine ? "" : "Mất kết nối mạng. Những gì đang nhập không mất; hãy gửi khi có mạng lại.";
    };
    const main = document.querySelector("main");
    if (main) main.before(line);
    addEventListener("online", tell);
    addEventListener("offline", tell);
    tell();
  }

  addEventListener("beforeunload", (event) => {
    const lost = (form) => document.contains(form) && form.querySelector("textarea, input[type=file]")
      && (form.dataset.kept !== "true" || all(form, "input[type=file]").some((each) => each.files.length));
    if (Array.from(dirty).some(lost)) { event.preventDefault(); event.returnValue = ""; }
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) all(document, "form[data-sent]").forEach((form) => { free(form); say(form, "", ""); });
  });

  forget(false);
  set(document);
  connection();
  if (window.HTMLDialogElement) listen(keys());
})();
