// The player: a recorded run drawn on canvas, played in the browser.  One module without dependencies.
// Data come once as binary (see trajectory.py, Trajectory.pack), words and layout as `meta`.
//
// Three layers lie on one another: the plan with ties (drawn again only when ties changed, a slice of
// it a frame), flashes of what is new (every frame), and people (when a day passes).  No word of any
// language stands here: all text comes from meta.words.

const INK = "#1F2A33", SOFT = "#52606C", RULE = "#D5DBE0";
const SIDE = { a: "#44525E", b: "#8E3B80" };
const DASH = { a: "7 4", b: "" };
const ROLE = ["#1F6FB2", "#E08A00", "#00805E", "#7C93A6"];
const NEW = "#D98E04", CHOSEN = "#111820", OBJECTION = "#C2321F", GRIEVANCE = "#7A1F5C";
const PAPER = "#FBFAF6", LAWN = "#E9F0E1", TREE = "#CFE0C3", TRUNK = "#BCD2AE";
const WALL = "#E4DFD5", EDGE = "#CBC4B6", COLUMN = "#D9D3C6", DOOR = "#FFFFFF";
const TIE = { near: "rgba(58,76,92,0.26)", far: "rgba(58,76,92,0.11)" }; // within a building, and beyond
const FLASH = 1400, SETTLED = 0.4;       // milliseconds that a flash takes to fade; where it rests when paused
const CROWD = 24;                        // new ties at once from which on each flashes more softly
const SLICE = 900, REST = 200;           // ties drawn in one frame while playing; milliseconds between two drawings
const TOLD = 90;                         // milliseconds between two writings of numbers while playing
const SPEEDS = [1, 2, 5, 10, 20, 40];    // days a second
const FLASHES_MOST = 240, A_DAY = 40;    // ties flashing at once, and of one day while playing
const TAP = 22;                          // pixels around a person that a tap reaches
const LEVELS = 14;                       // sizes of people
const MARKS = { objected: "objection", objection_in_vain: "grievance", objection_passed_over: "grievance",
  charged_unseen: "grievance", unsolved: "grievance", moved_in: "newcomer" };

const CSS = `
.csp{--ink:${INK};--soft:${SOFT};--rule:${RULE};color:var(--ink);background:#fff;font:15px/1.5 system-ui,-apple-system,
"Segoe UI","Noto Sans","DejaVu Sans","Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC",
"WenQuanYi Micro Hei",sans-serif;max-width:1180px;margin:0 auto;padding:12px;border:1px solid var(--rule);
border-radius:12px;box-sizing:border-box;text-align:left}
.csp *{box-sizing:border-box}
.csp .plans{display:grid;gap:12px;grid-template-columns:1fr}
.csp.two.wide .plans{grid-template-columns:1fr 1fr}
.csp figure{margin:0;min-width:0}
.csp figcaption{display:flex;align-items:baseline;gap:8px;font-weight:600;font-size:16px;margin:0 0 6px}
.csp .badge{flex:none;display:inline-block;min-width:26px;height:26px;line-height:26px;border-radius:13px;color:#fff;
text-align:center;font-size:14px;font-weight:700}
.csp .stage{position:relative;border-radius:10px;overflow:hidden;background:${PAPER};touch-action:manipulation;
margin:0 auto}
.csp .stage canvas{position:absolute;left:0;top:0;width:100%;height:100%;display:block}
.csp .stage canvas:last-child{cursor:pointer}
.csp .counts{display:grid;grid-template-columns:repeat(4,auto);justify-content:space-between;gap:0 10px;margin:6px 4px 0;
font-size:14px;line-height:1.3;color:var(--soft)}
.csp .counts b{display:block;color:var(--ink);font-size:18px;font-variant-numeric:tabular-nums}
.csp .bar{display:flex;align-items:center;gap:8px;margin:10px 0 6px;flex-wrap:wrap}
.csp button{width:44px;height:44px;border:1px solid var(--rule);border-radius:22px;background:#fff;color:var(--ink);
padding:0;display:inline-flex;align-items:center;justify-content:center;cursor:pointer;flex:none}
.csp button:hover{background:#F1F4F6}
.csp button.play{background:var(--ink);border-color:var(--ink);color:#fff}
.csp button.play:hover{background:#35444F}
.csp button svg{width:20px;height:20px;fill:currentColor;display:block}
.csp :focus-visible{outline:3px solid #2F8FD8;outline-offset:2px}
.csp input[type=range]{flex:1 1 180px;min-width:120px;height:32px;margin:0;accent-color:${INK};cursor:pointer}
.csp:not(.wide) .bar{position:sticky;bottom:0;background:#fff;padding:6px 0;margin:4px 0;z-index:2}
.csp:not(.wide) .bar select{margin-left:auto}
.csp:not(.wide) .bar input{order:1;flex-basis:150px}
.csp:not(.wide) .bar .day{order:2}
.csp .day{font-variant-numeric:tabular-nums;min-width:7.5em;text-align:right;font-weight:600}
.csp select{font:inherit;font-size:16px;height:40px;border:1px solid var(--rule);border-radius:8px;background:#fff;
color:var(--ink);padding:0 6px}
.csp .legend{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:14px;color:var(--soft);margin:0;padding:0;
list-style:none}
.csp .legend li{display:inline-flex;align-items:center;gap:6px;margin:0}
.csp .legend svg{width:20px;height:20px;flex:none;overflow:visible}
.csp .stories{display:grid;gap:12px;grid-template-columns:1fr;margin-top:8px}
.csp.two.wide .stories{grid-template-columns:1fr 1fr}
.csp .story{border:1px solid var(--rule);border-left:4px solid var(--side,${INK});border-radius:8px;padding:8px 12px;
font-size:15px;min-height:0}
.csp figure .story{margin-top:6px}
.csp .story h4{margin:0 0 2px;font-size:15px}
.csp .story h4::first-letter{text-transform:uppercase}
.csp .story p{margin:0 0 4px;color:var(--soft);font-size:14px}
.csp .story ol{margin:0;padding:0;list-style:none;max-height:11em;overflow:auto}
.csp .story li{display:flex;gap:10px;margin:0}
.csp .story li span{flex:none;min-width:5em;color:var(--soft);font-variant-numeric:tabular-nums}
.csp .hint{color:var(--soft);font-size:14px;margin:8px 0 0}
.csp .below{display:grid;gap:12px;grid-template-columns:1fr;margin-top:12px;align-items:start}
.csp.wide .below.both{grid-template-columns:minmax(0,1fr) auto}
.csp .chart{position:relative;min-width:0}
.csp .chart h4{margin:0 0 2px;font-size:15px}
.csp .chart .names{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:14px}
.csp .chart .names span{display:inline-flex;align-items:center;gap:6px}
.csp .chart svg{display:block;width:100%;overflow:visible}
.csp .chart text{font-size:14px;fill:var(--soft);font-family:inherit}
.csp .tiles{border-collapse:collapse;font-size:14px}
.csp .tiles th,.csp .tiles td{padding:5px 8px;border-bottom:1px solid var(--rule);text-align:left;font-weight:400;
vertical-align:baseline;background:none}
.csp .tiles th{color:var(--soft)}
.csp .tiles td{font-size:17px;font-weight:600;text-align:right;white-space:nowrap}
.csp .tiles tr{background:none!important}
`;

const ICON = {
  play: '<path d="M6 4l14 8-14 8z"/>',
  pause: '<path d="M6 4h4.5v16H6zM13.5 4H18v16h-4.5z"/>',
  first: '<path d="M4 4h3v16H4zM20 4v16L8 12z"/>',
  back: '<path d="M17 4v16L6 12z"/>',
  forward: '<path d="M7 4l11 8-11 8z"/>',
};

// --- data --------------------------------------------------------------------------------------------

function bytesOf(value) {
  if (!value) return null;
  if (value instanceof ArrayBuffer) return value.byteLength ? value : null;
  return value.byteLength ? value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength) : null;
}

/** What Trajectory.pack wrote; every column starts at a multiple of four bytes. */
function unpack(buffer) {
  let at = 0;
  const take = (Kind, n) => {
    const column = new Kind(buffer, at, n);
    at += Math.ceil((n * Kind.BYTES_PER_ELEMENT) / 4) * 4;
    return column;
  };
  const [people, frames, homes, ties, recasts, events] = take(Uint32Array, 8);
  const first = new Int32Array(buffer, 24, 1)[0];
  const u16 = (n) => take(Uint16Array, n);
  return {
    people, frames, homes, first,
    x: u16(people), y: u16(people), household: u16(people), since: take(Int32Array, people),
    role: take(Uint8Array, people),
    doorX: u16(homes), doorY: u16(homes), building: u16(homes), stairwell: u16(homes), door: u16(homes),
    offsets: take(Uint32Array, frames + 1), tieA: u16(ties), tieB: u16(ties),
    recastFrame: u16(recasts), recastPerson: u16(recasts), recastRole: take(Uint8Array, recasts),
    eventFrame: u16(events), eventPerson: u16(events), eventNumber: u16(events), eventKind: take(Uint8Array, events),
  };
}

/** A run on one of its days: who knows whom, how many, and in what role. */
class Run {
  constructor(data, meta) {
    this.d = data;
    this.frame = -1;
    this.position = new Map();
    this.a = new Uint16Array(64);
    this.b = new Uint16Array(64);
    this.ties = 0;
    this.known = new Uint16Array(data.people);
    this.role = data.role.slice();
    this.recast = 0;
    this.count(meta);
    this.go(0);
  }

  /** Events by frame and by person, and running sums of what is counted. */
  count(meta) {
    const d = this.d, n = d.eventFrame.length, grievances = new Set(meta.grievances);
    this.objections = new Uint32Array(d.frames);
    this.grievances = new Uint32Array(d.frames);
    this.newcomers = new Uint32Array(d.frames);
    this.eventAt = new Uint32Array(d.frames + 1);
    this.storyOf = new Map();
    for (let e = 0; e < n; e++) {
      const name = meta.kinds[d.eventKind[e]], f = d.eventFrame[e], who = d.eventPerson[e];
      this.eventAt[f + 1]++;
      if (name === "objected") this.objections[f]++;
      if (grievances.has(name)) this.grievances[f] += name === "unsolved" ? d.eventNumber[e] : 1;
      if (name === "moved_in") this.newcomers[f]++;
      if (!this.storyOf.has(who)) this.storyOf.set(who, []);
      this.storyOf.get(who).push(e);
    }
    for (let f = 1; f < d.frames; f++) {
      for (const column of [this.objections, this.grievances, this.newcomers]) column[f] += column[f - 1];
    }
    for (let f = 0; f < d.frames; f++) this.eventAt[f + 1] += this.eventAt[f];
  }

  add(i, j) {
    if (this.ties === this.a.length) {
      for (const name of ["a", "b"]) {
        const wider = new Uint16Array(2 * this.ties);
        wider.set(this[name]);
        this[name] = wider;
      }
    }
    this.position.set(i * 65536 + j, this.ties);
    this.a[this.ties] = i;
    this.b[this.ties++] = j;
    this.known[i]++;
    this.known[j]++;
  }

  remove(i, j) {
    const key = i * 65536 + j, k = this.position.get(key), last = --this.ties;
    this.position.delete(key);
    if (k !== last) {
      this.a[k] = this.a[last];
      this.b[k] = this.b[last];
      this.position.set(this.a[k] * 65536 + this.b[k], k);
    }
    this.known[i]--;
    this.known[j]--;
  }

  apply(f, forward) {
    const d = this.d;
    for (let e = d.offsets[f]; e < d.offsets[f + 1]; e++) {
      const i = d.tieA[e], j = d.tieB[e];
      if (i < j === forward) this.add(Math.min(i, j), Math.max(i, j));
      else this.remove(Math.min(i, j), Math.max(i, j));
    }
  }

  go(frame) {
    const d = this.d;
    while (this.frame < frame) this.apply(++this.frame, true);
    while (this.frame > frame) this.apply(this.frame--, false);
    if (this.recast > 0 && d.recastFrame[this.recast - 1] > frame) {
      this.role.set(d.role);
      this.recast = 0;
    }
    for (; this.recast < d.recastFrame.length && d.recastFrame[this.recast] <= frame; this.recast++) {
      this.role[d.recastPerson[this.recast]] = d.recastRole[this.recast];
    }
  }
}

// --- drawing -----------------------------------------------------------------------------------------

/** A role's shape around (0, 0): the outline and what it is filled with. */
function shape(ctx, role, r) {
  ctx.beginPath();
  if (role === 1) {
    const s = r * 0.88;
    ctx.rect(-s, -s, 2 * s, 2 * s);
  } else if (role === 2) {
    for (let k = 0; k < 10; k++) {
      const angle = (k * Math.PI) / 5 - Math.PI / 2, at = (k % 2 ? 0.56 : 1.28) * r;
      ctx.lineTo(Math.cos(angle) * at, Math.sin(angle) * at);
    }
    ctx.closePath();
  } else {
    ctx.arc(0, 0, role === 3 ? r * 0.66 : r, 0, 2 * Math.PI);
  }
}

/** The same shapes as SVG, for the legend. */
function shapeSvg(role) {
  const c = ROLE[role];
  if (role === 1) return `<rect x="4" y="4" width="12" height="12" fill="${c}"/>`;
  if (role === 2) {
    const points = [...Array(10).keys()].map((k) => {
      const angle = (k * Math.PI) / 5 - Math.PI / 2, at = k % 2 ? 4 : 9;
      return `${(10 + Math.cos(angle) * at).toFixed(1)},${(10 + Math.sin(angle) * at).toFixed(1)}`;
    });
    return `<polygon points="${points.join(" ")}" fill="${c}"/>`;
  }
  return `<circle cx="10" cy="10" r="${role === 3 ? 4 : 7}" fill="${c}"/>`;
}

const MARK_SVG = {
  objection: `<path d="M3 3h14v10h-7l-4 4v-4H3z" fill="${OBJECTION}"/><path d="M10 5v4M10 10.6v1" stroke="#fff"
    stroke-width="2"/>`,
  grievance: `<path d="M10 1l9 9-9 9-9-9z" fill="${GRIEVANCE}"/><path d="M7 7l6 6M13 7l-6 6" stroke="#fff"
    stroke-width="2"/>`,
  newcomer: `<circle cx="10" cy="10" r="7.5" fill="none" stroke="${SOFT}" stroke-width="2" stroke-dasharray="3 2.4"/>`,
  tie: `<path d="M1 16L19 4" stroke="${SOFT}" stroke-opacity=".55" stroke-width="1.6"/>`,
  fresh: `<path d="M1 16L19 4" stroke="${NEW}" stroke-width="3.4"/>`,
};

/** A mark above somebody's head; size in pixels. */
function mark(ctx, kind, x, y, s) {
  ctx.lineWidth = Math.max(1.4, s * 0.16);
  if (kind === "newcomer") {
    ctx.strokeStyle = SOFT;
    ctx.setLineDash([3, 2.4]);
    ctx.beginPath();
    ctx.arc(x, y, s * 0.72, 0, 2 * Math.PI);
    ctx.stroke();
    ctx.setLineDash([]);
    return;
  }
  const cy = y - s * 0.95;
  ctx.fillStyle = kind === "objection" ? OBJECTION : GRIEVANCE;
  ctx.strokeStyle = "#fff";
  ctx.beginPath();
  if (kind === "objection") {
    const h = s * 0.72;
    ctx.moveTo(x - h, cy - h);
    ctx.lineTo(x + h, cy - h);
    ctx.lineTo(x + h, cy + h * 0.5);
    ctx.lineTo(x + h * 0.3, cy + h * 0.5);
    ctx.lineTo(x, cy + h * 1.2);
    ctx.lineTo(x - h * 0.3, cy + h * 0.5);
    ctx.lineTo(x - h, cy + h * 0.5);
  } else {
    ctx.moveTo(x, cy - s);
    ctx.lineTo(x + s, cy);
    ctx.lineTo(x, cy + s);
    ctx.lineTo(x - s, cy);
  }
  ctx.closePath();
  ctx.fill();
  ctx.stroke();
  ctx.beginPath();
  if (kind === "objection") {
    ctx.moveTo(x, cy - s * 0.5);
    ctx.lineTo(x, cy - s * 0.08);
    ctx.moveTo(x, cy + s * 0.1);
    ctx.lineTo(x, cy + s * 0.22);
  } else {
    const h = s * 0.32;
    ctx.moveTo(x - h, cy - h);
    ctx.lineTo(x + h, cy + h);
    ctx.moveTo(x + h, cy - h);
    ctx.lineTo(x - h, cy + h);
  }
  ctx.stroke();
}

function rounded(ctx, x, y, w, h, r) {
  ctx.beginPath();
  ctx.roundRect ? ctx.roundRect(x, y, w, h, r) : ctx.rect(x, y, w, h);
}

/** One plan: three canvases, and the run drawn on them. */
class Stage {
  constructor(player, side) {
    this.player = player;
    this.side = side;
    this.figure = element("figure");
    this.title = this.figure.appendChild(element("figcaption"));
    this.box = this.figure.appendChild(element("div", "stage"));
    this.layers = ["plan", "flashes", "people"].map((name) => {
      const canvas = this.box.appendChild(element("canvas"));
      canvas.dataset.layer = name;
      return canvas.getContext("2d");
    });
    const top = this.layers[2].canvas;
    top.setAttribute("role", "img");
    top.addEventListener("click", (event) => this.pick(event));
    this.counts = this.figure.appendChild(element("div", "counts"));
    this.card = this.figure.appendChild(element("div")); // the story on narrow screens: in view of who tapped
    this.flashes = [];
    this.marks = [];
  }

  load(run) {
    this.run = run;
    this.look = new Uint16Array(run.d.people); // what stands on the layer of people: size and role
    this.flashes = [];
    this.marks = [];
    this.drawnTies = this.drawnPeople = -1;
    this.job = null;
  }

  /** Fit the plan into ``width`` CSS pixels; draw what never changes. */
  resize(width, most, ratio, afresh) {
    const meta = this.player.meta;
    this.scale = Math.min(width / meta.width, most / meta.height);
    const w = Math.floor(meta.width * this.scale), h = Math.floor(meta.height * this.scale);
    const same = this.w === w && this.h === h && this.ratio === ratio;
    [this.w, this.h, this.ratio] = [w, h, ratio];
    if (!same) {
      this.box.style.width = `${w}px`;
      this.box.style.height = `${h}px`;
      for (const ctx of this.layers) {
        ctx.canvas.width = Math.round(w * ratio);
        ctx.canvas.height = Math.round(h * ratio);
      }
    }
    if (same && !afresh) return; // only the chart is new
    this.ground = this.drawGround();
    this.sheet = this.drawSheet();
    this.drawnTies = this.drawnPeople = -1;
    this.job = null;
  }

  canvas() {
    const canvas = document.createElement("canvas");
    canvas.width = this.layers[0].canvas.width;
    canvas.height = this.layers[0].canvas.height;
    const ctx = canvas.getContext("2d", { alpha: false });
    return ctx;
  }

  drawGround() {
    const { meta } = this.player, ctx = this.canvas(), z = this.scale * this.ratio, d = this.run.d;
    ctx.fillStyle = PAPER;
    ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
    ctx.fillStyle = LAWN;
    for (const [x, y, w, h] of meta.yards) {
      rounded(ctx, x * z, y * z, w * z, h * z, 1.6 * z);
      ctx.fill();
    }
    for (const [x, y, r] of meta.trees) {
      ctx.fillStyle = TREE;
      ctx.beginPath();
      ctx.arc(x * z, y * z, r * z, 0, 2 * Math.PI);
      ctx.fill();
      ctx.fillStyle = TRUNK;
      ctx.beginPath();
      ctx.arc(x * z, y * z, r * z * 0.3, 0, 2 * Math.PI);
      ctx.fill();
    }
    ctx.lineWidth = Math.max(1, 0.12 * z);
    for (const [x, y, w, h] of meta.buildings) {
      ctx.fillStyle = WALL;
      ctx.strokeStyle = EDGE;
      rounded(ctx, x * z, y * z, w * z, h * z, 0.5 * z);
      ctx.fill();
      ctx.stroke();
    }
    ctx.fillStyle = COLUMN;
    for (const [x, y, w, h] of meta.stairwells) ctx.fillRect(x * z, y * z, w * z, h * z);
    const [dw, dh] = meta.door, pad = 0.09;
    ctx.fillStyle = DOOR;
    ctx.beginPath();
    for (let k = 0; k < d.homes; k++) {
      ctx.rect((d.doorX[k] / 100 + pad) * z, (d.doorY[k] / 100 + pad) * z, (dw - 2 * pad) * z, (dh - 2 * pad) * z);
    }
    ctx.fill();
    return ctx.canvas;
  }

  /** Every role in every size, once. */
  drawSheet() {
    const unit = this.scale * this.ratio, cell = Math.ceil(unit * 2.4 + 8), canvas = document.createElement("canvas");
    canvas.width = cell * LEVELS;
    canvas.height = cell * ROLE.length;
    const ctx = canvas.getContext("2d");
    for (let role = 0; role < ROLE.length; role++) {
      for (let level = 0; level < LEVELS; level++) {
        ctx.save();
        ctx.translate((level + 0.5) * cell, (role + 0.5) * cell);
        shape(ctx, role, this.radius(level) * this.ratio);
        ctx.fillStyle = ROLE[role];
        ctx.fill();
        ctx.lineWidth = Math.max(0.5, 0.07 * unit);
        ctx.strokeStyle = "#fff";
        ctx.stroke();
        ctx.restore();
      }
    }
    this.cell = cell;
    return canvas;
  }

  /** Radius in CSS pixels; the level is the square root of acquaintances, doubled. */
  radius(level) {
    return Math.max(1.5, (0.3 + 0.026 * level) * this.scale);
  }

  level(i) {
    return Math.min(LEVELS - 1, Math.round(2 * Math.sqrt(this.run.known[i])));
  }

  at(i) {
    return [(this.run.d.x[i] / 100) * this.scale, (this.run.d.y[i] / 100) * this.scale];
  }

  /** What changed on the present frame begins to flash. */
  flash(now) {
    const run = this.run, d = run.d, f = run.frame, kinds = this.player.meta.kinds;
    if (f < 1) return;
    const playing = this.player.playing, each = playing ? Math.ceil((d.offsets[f + 1] - d.offsets[f]) / A_DAY) : 1;
    for (let e = d.offsets[f]; e < d.offsets[f + 1]; e += each) {
      this.flashes.push([d.tieA[e], d.tieB[e], now, f]);
    }
    if (playing && this.flashes.length > FLASHES_MOST) this.flashes.splice(0, this.flashes.length - FLASHES_MOST);
    for (let e = run.eventAt[f]; e < run.eventAt[f + 1]; e++) {
      const kind = MARKS[kinds[d.eventKind[e]]];
      if (kind) this.marks.push([d.eventPerson[e], kind, now, f]);
    }
  }

  forget() {
    this.flashes = [];
    this.marks = [];
  }

  /** Draw whatever is out of date; true while something still moves. */
  draw(now, playing) {
    const frame = this.run.frame;
    const due = this.drawnTies !== frame && (!playing || this.drawnTies < 0 || now - this.tiesAt > REST);
    if (due || this.job) this.drawTies(playing, now);
    if (this.drawnPeople !== frame) this.drawPeople();
    return this.drawFlashes(now, playing) || this.job !== null || this.drawnTies !== frame;
  }

  /** The plan with all ties, in slices while playing so that no frame is late. */
  drawTies(playing, now) {
    const run = this.run, d = run.d, z = (this.scale * this.ratio) / 100;
    if (!this.job) {
      this.spare = this.spare && this.spare.canvas.width === this.ground.width
        && this.spare.canvas.height === this.ground.height ? this.spare : this.canvas();
      this.spare.drawImage(this.ground, 0, 0);
      this.spare.lineWidth = Math.max(0.6, Math.min(1.2, 0.1 * this.scale)) * this.ratio;
      this.job = { a: [], b: [], k: 0, frame: run.frame };
      for (const near of [false, true]) { // far ones first, so that those at home lie above them
        for (let k = 0; k < run.ties; k++) {
          const i = run.a[k], j = run.b[k];
          if ((d.building[d.household[i]] === d.building[d.household[j]]) !== near) continue;
          this.job.a.push(i);
          this.job.b.push(j);
        }
        if (!near) this.job.far = this.job.a.length;
      }
    }
    const job = this.job, ctx = this.spare, most = playing ? SLICE : Infinity;
    const end = Math.min(job.k + most, job.a.length), { x, y } = d;
    for (let k = job.k; k < end; ) {
      const until = Math.min(end, k + 500, k < job.far ? job.far : Infinity);
      ctx.strokeStyle = k < job.far ? TIE.far : TIE.near;
      ctx.beginPath();
      for (; k < until; k++) {
        ctx.moveTo(x[job.a[k]] * z, y[job.a[k]] * z);
        ctx.lineTo(x[job.b[k]] * z, y[job.b[k]] * z);
      }
      ctx.stroke();
    }
    job.k = end;
    if (end === job.a.length) {
      this.drawLabels(ctx);
      this.layers[0].drawImage(ctx.canvas, 0, 0);
      this.drawnTies = job.frame;
      this.tiesAt = now;
      this.job = null;
    }
  }

  /** Numbers of buildings above everything that would cross them, where there is room for 14 pixels. */
  drawLabels(ctx) {
    const { meta, words } = this.player, z = this.scale * this.ratio;
    const size = Math.max(14, Math.min(16, 1.8 * this.scale)) * this.ratio;
    if (2.7 * z < size) return;
    ctx.font = `600 ${size}px ${this.player.font}`;
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    ctx.lineJoin = "round";
    meta.buildings.forEach(([x, y, w], k) => {
      const whole = fill(words.building, { n: k + 1 });
      const text = ctx.measureText(whole).width < 1.25 * w * z ? whole : String(k + 1);
      ctx.strokeStyle = LAWN;
      ctx.lineWidth = 5 * this.ratio;
      ctx.strokeText(text, (x + 0.3) * z, (y - 0.7) * z);
      ctx.fillStyle = SOFT;
      ctx.fillText(text, (x + 0.3) * z, (y - 0.7) * z);
    });
  }

  /** People, by household: only the doors at which somebody looks different from what stands there. */
  drawPeople() {
    const ctx = this.layers[2], run = this.run, d = run.d, z = (this.scale * this.ratio) / 100, cell = this.cell;
    const half = cell / 2, all = this.drawnPeople < 0, look = this.look;
    if (all) ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
    const [dw, dh] = this.player.meta.door, w = Math.ceil(dw * z * 100), h = Math.ceil(dh * z * 100);
    for (let first = 0, next; first < d.people; first = next) {
      const home = d.household[first];
      let changed = all;
      for (next = first; next < d.people && d.household[next] === home; next++) {
        const now = this.level(next) * ROLE.length + run.role[next];
        if (look[next] !== now) {
          look[next] = now;
          changed = true;
        }
      }
      if (!changed) continue;
      if (!all) ctx.clearRect(Math.floor(d.doorX[home] * z), Math.floor(d.doorY[home] * z), w, h);
      for (let i = first; i < next; i++) {
        ctx.drawImage(this.sheet, Math.floor(look[i] / ROLE.length) * cell, run.role[i] * cell, cell, cell,
          Math.round(d.x[i] * z - half), Math.round(d.y[i] * z - half), cell, cell);
      }
    }
    this.drawnPeople = run.frame;
  }

  drawFlashes(now, playing) {
    const ctx = this.layers[1], frame = this.run.frame, calm = this.player.calm;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
    ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    let moving = false;
    const life = FLASH / Math.max(1, Math.sqrt(this.player.speed / 5)); // faster days, shorter flashes
    const age = ([, , since, f]) => {
      if (calm) return f === frame ? SETTLED : 1;
      const t = (now - since) / life;
      if (f === frame && !playing) {
        if (t < SETTLED) moving = true;
        return Math.min(t, SETTLED);
      }
      if (t < 1) moving = true;
      return t;
    };
    this.flashes = this.flashes.filter((one) => age(one) < 1);
    this.marks = this.marks.filter((one) => age(one) < 1);
    const bands = new Map();
    for (const one of this.flashes) {
      const band = Math.floor(age(one) * 6) * 2 + (one[0] < one[1] ? 1 : 0);
      if (!bands.has(band)) bands.set(band, []);
      bands.get(band).push(one);
    }
    const soft = Math.sqrt(Math.min(1, CROWD / Math.max(1, this.flashes.length)));
    for (const [band, list] of bands) {
      const t = (band >> 1) / 6, begun = band & 1;
      ctx.globalAlpha = (begun ? 1 - 0.9 * t : 0.45 * (1 - t)) * soft;
      ctx.strokeStyle = begun ? NEW : SOFT;
      ctx.lineWidth = begun ? Math.max(1, Math.min(3, 0.32 * this.scale) * (1 - 0.7 * t) * soft) : 1;
      ctx.beginPath();
      for (const [i, j] of list) {
        ctx.moveTo(...this.at(i));
        ctx.lineTo(...this.at(j));
      }
      ctx.stroke();
    }
    const chosen = this.player.chosen;
    ctx.globalAlpha = 1;
    if (chosen !== null) this.drawChosen(ctx, chosen);
    const size = Math.max(7, Math.min(11, 1.15 * this.scale));
    for (const one of this.marks) {
      const t = age(one), [x, y] = this.at(one[0]);
      ctx.globalAlpha = t < 0.5 ? 1 : 2 - 2 * t;
      mark(ctx, one[1], x, y - this.radius(this.level(one[0])) * 0.5, one[1] === "newcomer" ? size * 1.1 : size);
    }
    ctx.globalAlpha = 1;
    return moving;
  }

  drawChosen(ctx, i) {
    const run = this.run;
    ctx.strokeStyle = CHOSEN;
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    for (let k = 0; k < run.ties; k++) {
      if (run.a[k] === i || run.b[k] === i) {
        ctx.moveTo(...this.at(run.a[k]));
        ctx.lineTo(...this.at(run.b[k]));
      }
    }
    ctx.stroke();
    ctx.lineWidth = 2.2;
    ctx.beginPath();
    ctx.arc(...this.at(i), this.radius(this.level(i)) + 3.5, 0, 2 * Math.PI);
    ctx.stroke();
  }

  pick(event) {
    const box = this.layers[2].canvas.getBoundingClientRect();
    const px = event.clientX - box.left, py = event.clientY - box.top;
    let nearest = null, least = Math.max(TAP, this.scale) ** 2;
    for (let i = 0; i < this.run.d.people; i++) {
      const [x, y] = this.at(i), far = (x - px) ** 2 + (y - py) ** 2;
      if (far < least) [nearest, least] = [i, far];
    }
    this.player.choose(nearest === this.player.chosen ? null : nearest);
  }
}

// --- small helpers -----------------------------------------------------------------------------------

function element(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

function fill(phrase, values) {
  return phrase.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

function escaped(text) {
  return String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

function icon(button, name) {
  button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${ICON[name]}</svg>`;
}

/** Round numbers from low to high, about ``count`` of them. */
function ticks(low, high, count) {
  const rough = (high - low) / count || 1, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const out = [];
  for (let v = Math.ceil(low / step) * step; v <= high + step * 1e-9; v += step) out.push(Math.abs(v) < step / 1e6 ? 0 : v);
  return [out, step];
}

// --- the chart ---------------------------------------------------------------------------------------

/** Lines with bands, the bet as a ghost line, and a cursor on the day. */
class Chart {
  constructor(player) {
    this.player = player;
    this.box = element("div", "chart");
  }

  draw(chart, width) {
    this.chart = chart;
    const { lang } = this.player.meta, high = width < 480 ? 220 : 240;
    const xs = chart.lines.flatMap((line) => line.x);
    const ys = chart.lines.flatMap((line) => [...line.y, ...(line.low || []), ...(line.high || [])]).filter(Number.isFinite);
    if (chart.ghost) ys.push(chart.ghost.y);
    let [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(0, ...ys), Math.max(...ys)];
    if (x1 <= x0) x1 = x0 + 1;
    if (y1 <= y0) y1 = y0 + 1;
    y1 += (y1 - y0) * 0.08;
    const [yTicks, yStep] = ticks(y0, y1, 4), [xTicks, xStep] = ticks(x0, x1, width < 480 ? 4 : 7);
    const told = (v, step) => v.toLocaleString(lang, { maximumFractionDigits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) });
    const left = 14 + 8.5 * Math.max(...yTicks.map((v) => told(v, yStep).length)), right = 14, top = 28, bottom = 44;
    const X = (v) => left + ((v - x0) / (x1 - x0)) * (width - left - right);
    const Y = (v) => high - bottom - ((v - y0) / (y1 - y0)) * (high - top - bottom);
    const parts = [];
    for (const v of yTicks) {
      parts.push(`<path d="M${left} ${Y(v)}H${width - right}" stroke="#E7ECEF"/>`,
        `<text x="${left - 8}" y="${Y(v) + 5}" text-anchor="end">${told(v, yStep)}</text>`);
    }
    for (const v of xTicks) parts.push(`<text x="${X(v)}" y="${high - bottom + 19}" text-anchor="middle">${told(v, xStep)}</text>`);
    parts.push(`<text x="${(left + width - right) / 2}" y="${high - 5}" text-anchor="middle">${escaped(chart.x)}</text>`,
      `<text x="2" y="15">${escaped(chart.y)}</text>`);
    for (const line of chart.lines) {
      const colour = SIDE[line.side] || INK, there = line.x.map((_, k) => k).filter((k) => Number.isFinite(line.y[k]));
      if (line.low && line.high) {
        const whole = there.filter((k) => Number.isFinite(line.low[k]) && Number.isFinite(line.high[k]));
        const up = whole.map((k) => `${X(line.x[k]).toFixed(1)},${Y(line.high[k]).toFixed(1)}`);
        const down = whole.map((k) => `${X(line.x[k]).toFixed(1)},${Y(line.low[k]).toFixed(1)}`).reverse();
        if (whole.length > 1) parts.push(`<polygon points="${[...up, ...down].join(" ")}" fill="${colour}" fill-opacity=".14"/>`);
        else if (whole.length) {
          const k = whole[0];
          parts.push(`<path d="M${X(line.x[k])} ${Y(line.low[k])}V${Y(line.high[k])}" stroke="${colour}" stroke-width="2"/>`);
        }
      }
      const points = there.map((k) => `${X(line.x[k]).toFixed(1)},${Y(line.y[k]).toFixed(1)}`);
      parts.push(`<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="2.4"
        stroke-dasharray="${DASH[line.side] || ""}" stroke-linejoin="round"/>`);
      if (there.length === 1) parts.push(`<circle cx="${X(line.x[there[0]])}" cy="${Y(line.y[there[0]])}" r="5" fill="${colour}"/>`);
    }
    if (chart.ghost) {
      const y = Y(chart.ghost.y);
      parts.push(`<path class="ghost" d="M${left} ${y}H${width - right}" stroke="#A86400" stroke-width="2" stroke-dasharray="3 5"/>`,
        `<text x="${width - right}" y="${y - 6}" text-anchor="end" style="fill:#8A5200;font-weight:600;paint-order:stroke;stroke:#fff;stroke-width:4px">${escaped(chart.ghost.label)}</text>`);
    }
    if (chart.cursor) parts.push(`<path class="cursor" d="M0 ${top}V${high - bottom}" stroke="${INK}" stroke-width="1.5" stroke-opacity=".7"/>`);
    const names = chart.lines.map((line) => `<span><svg viewBox="0 0 28 10" style="width:28px;height:10px" aria-hidden="true">
      <path d="M1 5H27" stroke="${SIDE[line.side] || INK}" stroke-width="2.4" stroke-dasharray="${DASH[line.side] || ""}"/></svg>${escaped(line.name)}</span>`);
    this.box.innerHTML = `<h4>${escaped(chart.title)}</h4><div class="names">${names.join("")}</div>
      <svg viewBox="0 0 ${width} ${high}" style="height:${high}px" role="img" aria-label="${escaped(chart.title)}">${parts.join("")}</svg>`;
    this.line = this.box.querySelector(".cursor");
    this.X = X;
    this.range = [x0, x1];
  }

  cursor(frame) {
    if (!this.line) return;
    const x = Math.min(Math.max(frame, this.range[0]), this.range[1]);
    this.line.setAttribute("transform", `translate(${this.X(x).toFixed(1)} 0)`);
  }
}

// --- the player --------------------------------------------------------------------------------------

class Player {
  constructor(model, el) {
    this.model = model;
    this.frame = 0;
    this.playing = false;
    this.speed = 5;
    this.chosen = null;
    this.owed = 0;
    this.frames = 1;
    this.painted = 0; // frames drawn while playing, for measuring
    this.still = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.root = el.appendChild(element("div", "csp"));
    this.root.dataset.lmSuppressShortcuts = "true"; // a notebook's own keys rest while the player has the focus
    this.root.appendChild(element("style")).textContent = CSS;
    this.root.commsim = this;
    this.build();
    this.loop = this.loop.bind(this);
    this.watch = new ResizeObserver(() => this.fit());
    this.watch.observe(this.root);
    this.onStamp = () => this.load();
    model.on("change:stamp", this.onStamp);
    this.load();
  }

  get calm() {
    return this.still.matches;
  }

  close() {
    this.playing = false;
    cancelAnimationFrame(this.request);
    this.watch.disconnect();
    this.model.off("change:stamp", this.onStamp);
    this.root.remove();
  }

  build() {
    const plans = this.root.appendChild(element("div", "plans"));
    this.plans = plans;
    this.stages = ["a", "b"].map((side) => new Stage(this, side));
    const bar = this.root.appendChild(element("div", "bar"));
    bar.setAttribute("role", "group");
    this.bar = bar;
    const button = (name, act) => {
      const one = bar.appendChild(element("button", name));
      one.type = "button";
      one.dataset.act = name;
      icon(one, name);
      one.addEventListener("click", act);
      return one;
    };
    this.buttons = {
      play: button("play", () => this.toggle()),
      first: button("first", () => this.seek(0)),
      back: button("back", () => this.step(-1)),
      forward: button("forward", () => this.step(1)),
    };
    this.range = bar.appendChild(element("input"));
    this.range.type = "range";
    this.range.min = this.range.value = 0;
    this.range.step = 1;
    this.range.addEventListener("input", () => this.seek(Number(this.range.value)));
    this.day = bar.appendChild(element("output", "day"));
    this.faster = bar.appendChild(element("select"));
    this.faster.addEventListener("change", () => {
      this.speed = Number(this.faster.value);
    });
    this.legend = this.root.appendChild(element("ul", "legend"));
    this.hint = this.root.appendChild(element("p", "hint"));
    this.stories = this.root.appendChild(element("div", "stories"));
    this.below = this.root.appendChild(element("div", "below"));
    this.chart = new Chart(this);
    this.below.appendChild(this.chart.box);
    this.tiles = this.below.appendChild(element("table", "tiles"));
    this.root.addEventListener("keydown", (event) => this.key(event));
  }

  /** A new picture has come: take it in and draw it before the old one is given up. */
  load() {
    const stamp = this.model.get("stamp"), given = [this.model.get("data_a"), this.model.get("data_b")];
    const changed = !this.given || given.some((data, k) => data !== this.given[k]);
    const meta = this.model.get("meta"), first = bytesOf(given[0]);
    if (!first) { // nothing to show yet
      this.root.hidden = true;
      return;
    }
    this.root.hidden = false;
    [this.meta, this.words, this.given, this.number] = [meta, meta.words, given, null];
    if (changed) this.take([first, bytesOf(given[1])]);
    this.write();
    this.button();
    this.width = 0;
    this.unpainted = stamp;
    this.fit(changed);
    this.show();
    this.draw(performance.now());
    this.wake();
  }

  /** Other runs: the day, and who is chosen, stay where they are. */
  take(buffers) {
    const runs = buffers.map((buffer) => buffer && new Run(unpack(buffer), this.meta));
    this.shown = this.stages.filter((_, k) => runs[k]);
    this.stages.forEach((stage, k) => runs[k] && stage.load(runs[k]));
    this.plans.replaceChildren(...this.shown.map((stage) => stage.figure));
    this.root.classList.toggle("two", this.shown.length > 1);
    this.frames = runs[0].d.frames;
    this.frame = Math.min(this.frame, this.frames - 1);
    if (this.frame === this.frames - 1) this.playing = false;
    if (this.chosen !== null && this.chosen >= runs[0].d.people) this.chosen = null;
    for (const stage of this.shown) stage.run.go(this.frame);
  }

  /** All words: they change with a new picture only. */
  write() {
    const { words, meta } = this;
    this.root.lang = meta.lang === "zh" ? "zh-CN" : meta.lang;
    this.bar.setAttribute("aria-label", words.controls);
    for (const [name, node] of Object.entries(this.buttons)) this.label(node, words[name]);
    this.label(this.range, words.day_slider);
    this.label(this.faster, words.speed);
    this.range.max = this.frames - 1;
    this.faster.replaceChildren(...SPEEDS.map((speed) => {
      const one = element("option", "", fill(words.days_a_second, { n: speed }));
      one.value = speed;
      one.selected = speed === this.speed;
      return one;
    }));
    const roles = meta.roles.map((name, k) => [shapeSvg(k), words[name]]);
    const marks = ["tie", "fresh", "objection", "grievance", "newcomer"].map((name) => [MARK_SVG[name], words[`legend_${name}`]]);
    this.legend.innerHTML = [...roles, ...marks]
      .map(([svg, text]) => `<li><svg viewBox="0 0 20 20" aria-hidden="true">${svg}</svg>${escaped(text)}</li>`).join("");
    this.shown.forEach((stage) => {
      const title = meta.titles[stage.side], two = this.shown.length > 1;
      stage.title.hidden = !title && !two;
      stage.title.innerHTML = (two ? `<span class="badge" style="background:${SIDE[stage.side]}">${stage.side.toUpperCase()}</span>` : "")
        + `<span>${escaped(title || "")}</span>`;
      stage.layers[2].canvas.setAttribute("aria-label", fill(words.plan, { title: title || "", people: stage.run.d.people }));
      stage.counts.innerHTML = ["ties", "newcomers", "objections", "grievances"]
        .map((name) => `<span data-count="${name}"><b></b>${escaped(words[`count_${name}`])}</span>`).join("");
      stage.numbers = [...stage.counts.querySelectorAll("b")];
    });
    this.hint.textContent = words.hint;
    this.tiles.hidden = !(meta.chart && meta.chart.tiles && meta.chart.tiles.length);
    this.chart.box.hidden = !(meta.chart && meta.chart.lines && meta.chart.lines.length);
    this.below.hidden = this.tiles.hidden && this.chart.box.hidden;
    this.below.classList.toggle("both", !this.tiles.hidden && !this.chart.box.hidden);
    if (!this.tiles.hidden) {
      const badge = (side) => `<span class="badge" style="background:${SIDE[side]}">${side.toUpperCase()}</span>`;
      const two = meta.chart.tiles.some((tile) => tile.b !== null && tile.b !== undefined && tile.b !== "");
      this.tiles.innerHTML = (two ? `<tr><th></th><td>${badge("a")}</td><td>${badge("b")}</td></tr>` : "")
        + meta.chart.tiles.map((tile) => `<tr><th scope="row">${escaped(tile.label)}</th><td>${escaped(tile.a ?? "")}</td>`
          + (two ? `<td>${escaped(tile.b ?? "")}</td>` : "") + "</tr>").join("");
    }
  }

  label(node, text) {
    node.setAttribute("aria-label", text);
    node.title = text;
  }

  fit(afresh = true) {
    if (!this.shown) return;
    this.font = getComputedStyle(this.root).fontFamily;
    const width = Math.floor(this.root.clientWidth) - 24, ratio = Math.min(2, window.devicePixelRatio || 1);
    if (width <= 0 || (width === this.width && ratio === this.ratio)) return;
    [this.width, this.ratio] = [width, ratio];
    const wide = width >= 640, two = this.shown.length > 1;
    this.root.classList.toggle("wide", wide);
    const room = two && wide ? (width - 12) / 2 : width;
    const most = Math.max(260, Math.min(two && !wide ? 420 : 620, 0.72 * (window.screen.height || 900)));
    for (const stage of this.shown) stage.resize(room, most, ratio, afresh);
    this.tell();
    if (!this.chart.box.hidden) {
      const tiles = wide && !this.tiles.hidden ? Math.min(360, this.tiles.offsetWidth) + 12 : 0;
      this.chart.draw(this.meta.chart, Math.max(260, width - tiles));
      this.chart.cursor(this.frame);
    }
    this.draw(performance.now());
  }

  // -- time -------------------------------------------------------------------------------------------

  toggle() {
    if (!this.playing && this.frame === this.frames - 1) this.seek(0);
    this.playing = !this.playing;
    this.owed = 0;
    this.last = this.toldAt = performance.now();
    this.button();
    this.show();
    this.wake();
  }

  button() {
    const name = this.playing ? "pause" : "play";
    icon(this.buttons.play, name);
    this.label(this.buttons.play, this.words[name]);
    this.buttons.play.setAttribute("aria-pressed", String(this.playing));
  }

  step(by) {
    if (this.playing) this.toggle();
    this.seek(this.frame + by);
  }

  /** Jump to a day: only what is new on that day flashes. */
  seek(frame) {
    this.frame = Math.max(0, Math.min(this.frames - 1, frame));
    for (const stage of this.shown) {
      stage.forget();
      stage.run.go(this.frame);
      stage.flash(performance.now());
    }
    this.show();
    this.wake();
  }

  wake() {
    if (this.request === undefined) this.request = requestAnimationFrame(this.loop);
  }

  loop(now) {
    this.request = undefined;
    if (!this.root.isConnected && !this.playing) return;
    if (this.playing) {
      this.owed += (Math.min(now - this.last, 250) / 1000) * this.speed;
      this.last = now;
      const days = Math.min(Math.floor(this.owed), this.frames - 1 - this.frame);
      this.owed -= Math.floor(this.owed);
      for (let k = 0; k < days; k++) {
        this.frame++;
        for (const stage of this.shown) {
          stage.run.go(this.frame);
          stage.flash(now);
        }
      }
      if (this.frame === this.frames - 1) {
        this.playing = false;
        this.button();
      }
      if (this.shownDay !== this.frame && (!this.playing || now - this.toldAt > TOLD)) {
        this.toldAt = now;
        this.show();
      }
      this.painted++;
    }
    if (this.draw(now) || this.playing) this.wake();
  }

  draw(now) {
    if (!this.width) return false; // not on a page yet: the first fit draws
    if (this.unpainted !== undefined) this.answer();
    let moving = false;
    for (const stage of this.shown) moving = stage.draw(now, this.playing) || moving;
    return moving;
  }

  /** Tell the model that its last picture is on the screen, as it will be two frames from now. */
  answer() {
    const stamp = this.unpainted;
    this.unpainted = undefined;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (this.model.get("stamp") !== stamp) return;
      this.model.set("painted", stamp);
      this.model.save_changes();
    }));
  }

  /** Numbers, cursor, range and story of the present day. */
  show() {
    const { frame, words, meta } = this;
    const told = this.number = this.number || new Intl.NumberFormat(meta.lang).format;
    this.shownDay = frame;
    if (Number(this.range.value) !== frame) this.range.value = frame;
    const day = fill(words.day, { day: told(frame), days: told(this.frames - 1) });
    this.day.textContent = day;
    this.range.setAttribute("aria-valuetext", day);
    for (const stage of this.shown) {
      const run = stage.run, values = [run.ties, run.newcomers[frame], run.objections[frame], run.grievances[frame]];
      stage.numbers.forEach((node, k) => {
        const text = told(values[k]);
        if (node.textContent !== text) node.textContent = text;
      });
    }
    this.chart.cursor(frame);
    this.tell();
  }

  // -- one person -------------------------------------------------------------------------------------

  choose(person) {
    this.chosen = person;
    this.tell();
    this.wake();
  }

  /** The story so far of whoever lives in the chosen seat, in each run. */
  tell() {
    const { words, chosen, meta } = this;
    this.hint.hidden = chosen !== null;
    const wide = this.root.classList.contains("wide"), boxes = this.shown.map((stage) => stage.card);
    const cards = chosen === null ? [] : this.shown.map((stage) => this.story(stage, words, chosen, meta));
    const html = wide + cards.join("");
    if (html === this.saying) return;
    this.saying = html;
    this.stories.setAttribute("aria-live", this.playing ? "off" : "polite");
    this.stories.innerHTML = wide ? cards.join("") : "";
    boxes.forEach((box, k) => {
      box.innerHTML = wide ? "" : cards[k] || "";
    });
    for (const list of this.root.querySelectorAll(".story ol")) list.scrollTop = list.scrollHeight;
  }

  story(stage, words, i, meta) {
    const run = stage.run, d = run.d, h = d.household[i];
    const events = (run.storyOf.get(i) || []).filter((e) => d.eventFrame[e] <= this.frame);
    let from = 0;
    events.forEach((e, k) => {
      if (meta.kinds[d.eventKind[e]] === "moved_in") from = k; // the story before was somebody else's
    });
    const own = events.slice(from), moved = own.length && meta.kinds[d.eventKind[own[0]]] === "moved_in";
    const who = fill(words.who, { role: words[meta.roles[run.role[i]]], building: d.building[h] + 1,
      stairwell: d.stairwell[h] + 1, door: d.door[h] + 1 });
    const years = Math.max(0, Math.floor((d.first - d.since[i]) / 365));
    const stay = moved ? "" : fill(years ? words.lived_years : words.lived_months,
      { n: years || Math.max(1, Math.round((d.first - d.since[i]) / 30)) });
    const known = fill(words.knows, { n: run.known[i] });
    const items = own.map((e) => `<li><span>${escaped(fill(words.on_day, { day: d.eventFrame[e] }))}</span>`
      + `${escaped(fill(words.story[meta.kinds[d.eventKind[e]]], { number: d.eventNumber[e] }))}</li>`);
    if (!items.length) items.push(`<li>${escaped(words.nothing_yet)}</li>`);
    return `<section class="story" style="--side:${this.shown.length > 1 ? SIDE[stage.side] : INK}"><h4>${escaped(who)}</h4>
      <p>${escaped([stay, known].filter(Boolean).join(words.join))}</p><ol>${items.join("")}</ol></section>`;
  }

  // -- keys -------------------------------------------------------------------------------------------

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const tag = event.target.tagName, own = { " ": () => this.toggle(), ArrowLeft: () => this.step(-1),
      ArrowRight: () => this.step(1), Home: () => this.seek(0), End: () => this.seek(this.frames - 1),
      Escape: () => this.choose(null) };
    event.stopPropagation(); // a notebook has its own plans for these keys
    if (tag === "SELECT" || (tag === "BUTTON" && event.key === " ") || !(event.key in own)) return;
    event.preventDefault();
    own[event.key]();
  }
}

function render({ model, el }) {
  const player = new Player(model, el);
  return () => player.close();
}

export default { render };
