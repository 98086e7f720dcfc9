// What the page does: it sends what is dropped, asks, and shows what is answered. It computes no figure.
'use strict';

const by = (id) => document.getElementById(id);
const id = document.body.dataset.case;
const base = `/case/${id}`;

function say(text) {
  by('status').textContent = text;
}

function wrong(text) {
  const box = by('wrong');
  box.textContent = text;
  box.hidden = !text;
  if (text) box.scrollIntoView({ block: 'nearest' });
}

// Answers

async function ask(address, options = {}) {
  let answer;
  try {
    answer = await fetch(address, options);
  } catch {
    throw new Error('ratable does not answer. Is it still running in its terminal?');
  }
  if (!answer.ok) throw new Error((await answer.text()) || `This did not work (${answer.status}).`);
  return answer;
}

const send = (address, body) => ask(address, { method: 'POST', body });
const fields = (form) => new URLSearchParams(new FormData(form));

async function show(place, address, options) {
  const answer = await ask(address, options);
  place.innerHTML = await answer.text();
}

// Work that takes longer than an answer

let working = 0;

function busy(of, state) {
  const box = by('busy');
  box.hidden = false;
  const what = state.stage === 'waiting' ? 'Waiting: two others are at work' : state.what || 'Working';
  const count = state.of ? `, ${state.done.toLocaleString('en-US')} of ${state.of.toLocaleString('en-US')}` : '';
  by('busy-what').textContent = `${what[0].toUpperCase()}${what.slice(1)}${count} (${state.seconds} s)`;
  const bar = by('busy-bar');
  if (state.of) {
    bar.max = state.of;
    bar.value = state.done;
  } else {
    bar.removeAttribute('value');
  }
  by('cancel').onclick = () => send(`/case/${of}/cancel`).catch(() => {});
}

const ended = (state) => state.stage === 'done' || state.stage === 'cancelled';

// The stage in which the work ended; follows it where it takes longer.
async function work(of, address, body) {
  const own = ++working;
  wrong('');
  say('Working');
  let state = await (await send(address, body)).json();
  if (!ended(state) && own === working) {
    busy(of, state);
    state = await new Promise((end, fail) => {
      const events = new EventSource(`/case/${of}/progress`);
      const told = (now) => {
        if (ended(now)) {
          events.close();
          end(now);
        } else if (own === working) {
          busy(of, now);
        }
      };
      events.onmessage = (event) => told(JSON.parse(event.data));
      // Whoever is not told any more asks.
      events.onerror = async () => {
        events.close();
        try {
          do told((state = await (await ask(`/case/${of}/state`)).json()));
          while (!ended(state));
        } catch (error) {
          fail(error);
        }
      };
    }).finally(() => {
      if (own === working) by('busy').hidden = true;
    });
  }
  // Something newer is being done.
  if (own !== working) return 'replaced';
  say(state.stage === 'cancelled' ? 'Cancelled' : 'Done');
  return state.stage;
}

// Dropping

// A case that no page shows yet.
let making = '';
// How many drops there were: the last one counts.
let drops = 0;

function abandon(made) {
  if (made) navigator.sendBeacon(`/case/${made}/close`, '');
}

async function drop(files, folder) {
  const own = ++drops;
  let made = '';
  wrong('');
  try {
    const most = Number(by('drop').dataset.most);
    let size = 0;
    for (const file of files) size += file.size;
    if (!files.length) throw new Error('There is no file in this. Drop a workbook, CSV files, a zip, or the folder that holds the tables.');
    if (size > most) throw new Error(`This is too large: a case has at most ${most >> 20} MB. Drop the tables of one case alone.`);
    say(`Taking ${files.length === 1 ? files[0].name : `${files.length} files`}`);
    made = (await (await send('/case')).json()).case;
    const many = files.length > 1 || folder;
    if (own === drops) making = made;
    for (const file of files) {
      if (own !== drops) break;
      const place = new URLSearchParams({ name: file.name });
      if (many) place.set('folder', folder || 'case');
      await ask(`/case/${made}/file?${place}`, { method: 'PUT', body: file });
    }
    if (own === drops) await open(made);
    else abandon(made);
  } catch (error) {
    abandon(made);
    if (own !== drops) return;
    wrong(error.message);
    say('');
    making = '';
  }
}

async function open(made) {
  making = made;
  const stage = await work(made, `/case/${made}/read`, new URLSearchParams());
  if (stage === 'done') location.assign(`/case/${made}`);
  else if (stage === 'cancelled') abandon(made);
}

// Whether to go on without what lies in these folders.
function without(folders) {
  const names = [...new Set(folders)].join(', ');
  return !names || confirm(`The tables of a case lie in one folder. What is in ${names} is left out. Go on without it?`);
}

// Files of a dropped folder, one level deep.
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry());
  const one = entries.filter(Boolean);
  if (one.length > 1 && one.some((entry) => entry.isDirectory)) throw new Error('Drop one folder, or the files of one case, and not both at once.');
  if (one.length === 1 && one[0].isDirectory) {
    const reader = one[0].createReader();
    const inside = [];
    for (;;) {
      const more = await new Promise((done, fail) => reader.readEntries(done, fail));
      if (!more.length) break;
      inside.push(...more);
    }
    const seen = inside.filter((entry) => !entry.name.startsWith('.'));
    const files = seen.filter((entry) => entry.isFile);
    if (!without(seen.filter((entry) => entry.isDirectory).map((entry) => entry.name))) return null;
    return [await Promise.all(files.map((entry) => new Promise((done, fail) => entry.file(done, fail)))), one[0].name];
  }
  return [[...transfer.files], ''];
}

for (const [event, over] of [['dragenter', true], ['dragover', true], ['dragleave', false], ['drop', false]]) {
  document.addEventListener(event, (happened) => {
    happened.preventDefault();
    by('drop')?.classList.toggle('over', over);
    if (event === 'drop') dropped(happened.dataTransfer).then((taken) => taken && drop(...taken)).catch((error) => wrong(error.message));
  });
}

// What was picked; the same can be picked again when it was corrected.
function picked(input) {
  const files = [...input.files];
  input.value = '';
  return files;
}

by('files')?.addEventListener('change', (event) => drop(picked(event.target), ''));
by('folder')?.addEventListener('change', (event) => {
  const path = (file) => file.webkitRelativePath.split('/');
  const seen = picked(event.target).filter((file) => !path(file).some((name) => name.startsWith('.')));
  const files = seen.filter((file) => path(file).length === 2);
  if (without(seen.filter((file) => path(file).length > 2).map((file) => path(file)[1]))) drop(files, files.length ? path(files[0])[0] : '');
});

// The run

function kind() {
  const form = by('run');
  if (!form) return;
  const chosen = form.elements.command.value;
  for (const field of form.querySelectorAll('[data-for]')) {
    const used = field.dataset.for.split(' ').includes(chosen);
    field.hidden = !used;
    for (const input of field.querySelectorAll('input')) input.disabled = !used;
  }
  const box = by('acknowledge-box');
  if (chosen !== 'dividend') by('acknowledge').checked = false;
  box.hidden = chosen !== 'dividend' || !by('acknowledge').checked;
}

async function run(move) {
  try {
    const stage = await work(id, `${base}/run`, fields(by('run')));
    if (stage !== 'done') return;
    await show(by('preview'), `${base}/preview`);
    shown();
    if (move) {
      by('preview').focus({ preventScroll: true });
      by('preview').scrollIntoView();
    }
  } catch (error) {
    wrong(error.message);
  }
}

let holders = { q: '', sort: '', page: '0' };
let asked = 0;

async function list() {
  const place = by('holders');
  if (!place) return;
  const own = ++asked;
  const answer = await (await ask(`${place.dataset.load}?${new URLSearchParams({ ...holders, run: place.dataset.run })}`)).text();
  // What was asked last counts, whichever is answered last.
  if (own === asked) place.innerHTML = answer;
}

// The sheet around a problem, with its cell in sight.
async function sheet(problem) {
  await show(by('sheet'), `${base}/sheet?problem=${problem}`);
  const mark = by('sheet').querySelector('[aria-current]');
  const grid = mark?.closest('.grid');
  if (grid) grid.scrollLeft = mark.closest('td').offsetLeft - (grid.clientWidth - mark.clientWidth) / 2;
}

function shown() {
  holders = { q: '', sort: '', page: '0' };
  list().catch((error) => wrong(error.message));
  const curve = by('curve');
  if (!curve) return;
  const points = JSON.parse(curve.dataset.points);
  const slider = by('sum');
  const rows = [...by('gets').rows];
  const choose = (at) => {
    slider.value = at;
    slider.setAttribute('aria-valuetext', points.sums[at]);
    by('sum-said').textContent = points.sums[at];
    by('pointer').setAttribute('x1', points.x[at]);
    by('pointer').setAttribute('x2', points.x[at]);
    rows.forEach((row, ix) => (row.cells[1].textContent = points.totals[ix][at]));
  };
  const svg = curve.querySelector('svg');
  svg.addEventListener('pointermove', (event) => {
    const x = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse()).x;
    let nearest = 0;
    points.x.forEach((other, ix) => {
      if (Math.abs(other - x) < Math.abs(points.x[nearest] - x)) nearest = ix;
    });
    choose(nearest);
  });
  slider.addEventListener('input', () => choose(Number(slider.value)));
  choose(Number(curve.dataset.start));
}

async function take(address, body) {
  try {
    if ((await work(id, address, body)) !== 'done') return;
    await show(by('taken'), `${base}/taken`, { method: 'POST' });
    by('file')?.click();
  } catch (error) {
    wrong(error.message);
  }
}

// What is clicked and typed

document.addEventListener('click', async (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const data = button.dataset;
  try {
    if (data.sample) {
      await open((await (await send(`/sample/${data.sample}`)).json()).case);
    } else if (data.problem !== undefined) {
      await sheet(data.problem);
      if (button.id) (by(button.id).disabled ? by('sheet').querySelector('.tools button:enabled') : by(button.id))?.focus();
      else by('sheet').scrollIntoView({ block: 'nearest' });
    } else if (data.date) {
      by('date').value = data.date;
    } else if (data.sort) {
      holders = { ...holders, sort: data.sort, page: '0' };
      await list();
      by('holders').querySelector('[aria-sort] button')?.focus();
    } else if (data.page) {
      holders.page = data.page;
      await list();
      by('holders').querySelector('.scroll').focus();
    } else if (data.holder) {
      const dialog = by('holder');
      await show(dialog, `${base}/holder?${new URLSearchParams({ id: data.holder, run: by('holders').dataset.run })}`);
      dialog.showModal();
    } else if (data.close !== undefined) {
      by('holder').close();
    } else if (data.take) {
      await take(data.take, new URLSearchParams({ what: 'folder', run: data.run }));
    } else if (button.id === 'go-on') {
      by('acknowledge').checked = true;
      by('acknowledge-box').hidden = false;
      await run(true);
    }
  } catch (error) {
    wrong(error.message);
  }
});

document.addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.id === 'run') {
    // Another run asks for its readings anew.
    await run(true);
  } else if (form.id === 'how') {
    try {
      if ((await work(id, `${base}/read`, fields(form))) === 'done') location.reload();
    } catch (error) {
      wrong(error.message);
    }
  } else if (form.dataset.action) {
    await take(form.dataset.action, fields(form));
  }
});

document.addEventListener('change', (event) => {
  if (event.target.name === 'command') kind();
  if (event.target.name?.startsWith('reading.')) run(false);
});

let typing;
document.addEventListener('input', (event) => {
  if (event.target.id !== 'q') return;
  clearTimeout(typing);
  typing = setTimeout(() => {
    holders = { ...holders, q: event.target.value, page: '0' };
    list().catch((error) => wrong(error.message));
  }, 150);
});

// The page closes, and with it its case

addEventListener('pagehide', () => abandon(making));
if (id) {
  addEventListener('pagehide', () => navigator.sendBeacon(`${base}/close`, document.body.dataset.page));
  addEventListener('pageshow', (event) => event.persisted && location.reload());
  kind();
  const first = by('sheet')?.dataset.first;
  if (first && !by('sheet').closest('details')) sheet(first).catch(() => {});
}
