/** Pages of links where scripts run: keys, swipes and pictures ahead, and the progress of each file that a guest sends. All of it works without. */
'use strict';

/* One picture: left and right lead on, Escape leads back, whether by keys or by a finger. */
(() => {
  const figure = document.querySelector('.picture');
  if (!figure) return;
  const links = { ArrowLeft: document.querySelector('[rel=prev]'), ArrowRight: document.querySelector('[rel=next]') };
  const back = document.getElementById('back');
  /** Points that a finger goes before it means something. */
  const FAR = 50;

  /** In place of this one: the way back from any picture is to all of them. */
  function go(link) {
    if (link) location.replace(link.href);
  }

  for (const link of [...Object.values(links), ...document.querySelectorAll('.beside a')]) {
    link?.addEventListener('click', (event) => {
      if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      go(link);
    });
  }

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('video, summary')) return;
    if (event.key === 'Escape') back.click();
    else go(links[event.key]);
  });

  let begin = null;
  figure.addEventListener('touchstart', ({ touches }) => (begin = touches.length === 1 ? touches[0] : null), { passive: true });
  figure.addEventListener(
    'touchend',
    ({ changedTouches: [end] }) => {
      if (!begin || (window.visualViewport?.scale ?? 1) > 1.05) return;
      const [x, y] = [end.clientX - begin.clientX, end.clientY - begin.clientY];
      if (Math.abs(x) > FAR && Math.abs(x) > 2 * Math.abs(y)) go(x < 0 ? links.ArrowRight : links.ArrowLeft);
    },
    { passive: true },
  );

  addEventListener('load', () => {
    for (const address of figure.dataset.ahead?.split(' ') ?? []) new Image().src = address;
  });
  document.querySelector('.beside [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
})();

/* Pictures of a guest: each file in a row of its own that says how far it is and what became of it. */
(() => {
  const form = document.getElementById('upload');
  if (!form) return;
  const say = JSON.parse(form.dataset.words);
  const [guest, files, button] = [form.elements.guest, form.elements.files, form.querySelector('button')];
  /** In one request; what is lost with a connection is sent again. */
  const MOST_FILES = 10;
  const MOST_BYTES = 50_000_000;
  /** More pictures than these at once are shown by their names alone. */
  const MOST_SHOWN = 100;
  const list = element('ul', 'files');
  const status = element('div', 'total');
  status.setAttribute('role', 'status');
  form.after(list, status);
  form.classList.add('by-script');
  let rows = [];
  let isSending = false;

  function element(name, className, text = '') {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  }

  function rowOf(file, number) {
    const line = element('li', 'file');
    const face = element(file.type.startsWith('image/') && number < MOST_SHOWN ? 'img' : 'span', 'file-face');
    const bar = element('progress', 'file-bar');
    const state = element('span', 'file-state', say.waits);
    if (face.localName === 'img') {
      face.alt = '';
      face.onload = () => URL.revokeObjectURL(face.src);
      face.onerror = () => face.replaceWith(element('span', 'file-face'));
      face.src = URL.createObjectURL(file);
    }
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute('aria-label', file.name);
    line.append(face, element('span', 'file-name', file.name), state, bar);
    list.append(line);
    return { file, line, bar, state, kind: 'waits' };
  }

  function mark(row, kind, reason = '') {
    row.kind = kind;
    row.line.dataset.kind = kind;
    row.state.textContent = reason || say[kind];
    if (kind === 'taken') row.bar.value = 1;
  }

  /** The next that wait, as many as go into one request. */
  function batch() {
    const taken = [];
    let bytes = 0;
    for (const row of rows) {
      if (row.kind !== 'waits') continue;
      if (taken.length === MOST_FILES || (taken.length > 0 && bytes + row.file.size > MOST_BYTES)) break;
      taken.push(row);
      bytes += row.file.size;
    }
    return taken;
  }

  /** How far each is when this share of all their bytes is gone. */
  function advance(sent, share) {
    let left = share * sent.reduce((sum, row) => sum + row.file.size, 0);
    for (const row of sent) {
      row.bar.value = row.file.size > 0 ? Math.min(1, left / row.file.size) : 1;
      left = Math.max(0, left - row.file.size);
      if (row.bar.value > 0) mark(row, row.bar.value < 1 ? 'sending' : 'checking');
    }
  }

  /** One request; resolves with the answer, or with null where none came. */
  function post(sent) {
    const data = new FormData();
    data.append('guest', guest.value);
    for (const { file } of sent) data.append('files', file, file.name);
    const request = new XMLHttpRequest();
    request.open('POST', form.action);
    request.setRequestHeader('Accept', 'application/json');
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => total > 0 && advance(sent, loaded / total);
    return new Promise((resolve) => {
      request.onloadend = () => resolve(request.response);
      request.send(data);
    });
  }

  /** What became of what was sent; whether to go on. */
  function settle(sent, answer) {
    if (!Array.isArray(answer?.each)) {
      for (const row of sent) mark(row, 'waits');
      return say.lost;
    }
    sent.forEach((row, number) => {
      const said = answer.each[number];
      if (said === null) mark(row, 'taken');
      else if (said !== undefined) mark(row, 'refused', `${say.refused}: ${said}`);
      else mark(row, answer.problem ? 'waits' : 'refused');
    });
    return answer.problem;
  }

  function tell(problem) {
    const taken = rows.filter((row) => row.kind === 'taken').length;
    status.replaceChildren();
    if (taken > 0) {
      const thanks = element('div', 'good');
      const link = element('a', 'button', say.look);
      link.href = form.dataset.album;
      const way = element('p', '');
      way.append(link);
      thanks.append(element('p', '', taken === 1 ? say.thanks_one : say.thanks.replace('{}', taken)), way);
      status.append(thanks);
    }
    if (problem) status.append(element('p', 'bad', problem));
  }

  async function send() {
    let problem = '';
    isSending = true;
    button.disabled = true;
    for (let sent = batch(); sent.length > 0 && !problem; sent = batch()) {
      status.textContent = say.total.replace('{}', rows.filter((row) => row.kind === 'taken').length).replace('{}', rows.length);
      problem = settle(sent, await post(sent));
    }
    isSending = false;
    button.disabled = false;
    tell(problem);
    if (!rows.some((row) => row.kind === 'waits')) files.value = '';
    else button.textContent = say.again;
  }

  function chosen() {
    if (isSending) return;
    list.replaceChildren();
    status.replaceChildren();
    rows = [...files.files].map(rowOf);
  }

  files.addEventListener('change', chosen);
  // Somebody may have chosen before this ran, or the browser knows their choice from before.
  chosen();
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!isSending) void send();
  });
  addEventListener('beforeunload', (event) => isSending && event.preventDefault());
})();
