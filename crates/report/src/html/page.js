(() => {
  const find = id => document.getElementById(id);
  const data = JSON.parse(find("data").textContent);
  const seconds = data.frames / data.rate;
  const SVG = "http://www.w3.org/2000/svg";
  const TAIL_SECONDS = 2.5, TAIL_STEPS = data.objects.length > 60 ? 8 : 20;
  const SILENT_DB = -60;

  const make = (tag, attributes, parent) => {
    const element = tag.startsWith("svg:")
      ? document.createElementNS(SVG, tag.slice(4)) : document.createElement(tag);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    if (parent) parent.append(element);
    return element;
  };

  // ---- objects

  const objects = data.objects.map((given, index) => ({
    index,
    name: given.name,
    groups: given.groups,
    colour: given.colour,
    lane: Space.track(given.lane, [1e6]),
    polar: given.polar,
    position: Space.track(given.position, given.polar ? [100, 100, 10000] : [10000, 10000, 10000]),
    gain: Space.track(given.gain, [1e6]),
    size: Space.track(given.size, [10000]),
    marks: [],
    ways: [...document.querySelectorAll(`.trail[data-o="${index}"]`)],
    cells: [],
  }));
  const roomAt = (object, frame) => {
    const value = Space.valueAt(object.position, frame);
    return object.polar ? Space.toRoom(value) : value;
  };
  const stateAt = (object, frame) => {
    const value = Space.valueAt(object.position, frame);
    const room = object.polar ? Space.toRoom(value) : value;
    const polar = object.polar ? [Space.wrap(value[0]), value[1], value[2]] : Space.toPolar(value);
    const gain = Space.valueAt(object.lane, frame)[0] * Space.valueAt(object.gain, frame)[0];
    return { room, polar, db: 20 * Math.log10(gain), size: Space.valueAt(object.size, frame)[0] };
  };

  // ---- state

  const page = { time: 0, playing: false, from: 0, since: 0, over: null, listed: 0,
    chosen: new Set(), hidden: new Set(), ways: data.ways, names: data.names };
  const isShown = object => object.groups.some(group => !page.hidden.has(group));
  const isLit = object => page.over === object || page.chosen.has(object);

  // ---- views

  const flat = { plan: ([x, y]) => [x, y], rear: ([x, , z]) => [x, z], side: ([, y, z]) => [y, z] };
  const views = [...document.querySelectorAll("svg.live")].map(svg => {
    const name = svg.dataset.view, { scale } = data.sheets[name];
    const layers = ["discs", "tails", "marks", "labels"].map(c => make("svg:g", { class: c }, svg));
    const box = svg.viewBox.baseVal;
    const point = room => {
      const [right, up] = flat[name](room);
      return [(right + 1) * scale, (1 - up) * scale];
    };
    return { name, scale, layers, point, box: [box.x, box.y, box.x + box.width, box.y + box.height] };
  });
  for (const view of views) {
    const [discs, tails, marks, labels] = view.layers;
    for (const object of objects) {
      const colour = object.colour;
      const disc = make("svg:circle", { class: `disc f ${colour}` }, discs);
      const tail = make("svg:polyline", { class: `tail s ${colour}` }, tails);
      const mark = make("svg:g", { class: "mark", "data-o": object.index }, marks);
      const wide = object.index >= 99 ? 11 : 9;
      make("svg:rect", { class: `dot f ${colour}`, x: -wide, y: -9, width: 2 * wide, height: 18, rx: 9 }, mark);
      make("svg:text", { class: "num", y: 3.5, "text-anchor": "middle" }, mark).textContent = object.index + 1;
      const label = view.name === "plan" ? make("svg:text", { class: "name" }, labels) : null;
      if (label) label.textContent = object.name;
      object.marks.push({ view, disc, tail, mark, label, wide, width: 0, way: 0 });
    }
  }

  // ---- the list

  const digits = (value, count) => {
    const text = value.toFixed(count);
    return Number(text) === 0 ? (0).toFixed(count) : text.replace("-", "\u2212");
  };
  for (const object of objects) {
    const row = make("tr", { "data-o": object.index, tabindex: -1 }, find("list"));
    make("i", { class: `b ${object.colour}` }, make("td", { class: "no" }, row)).textContent = object.index + 1;
    const name = make("td", { class: "l" }, row);
    make("bdi", {}, name).textContent = object.name;
    name.title = object.name;
    for (const key of ["az", "el", "d", "x", "y", "z", "db", "size"]) {
      object.cells.push({ cell: make("td", { "data-k": key }, row), text: "" });
    }
    object.row = row;
  }
  const write = (object, { polar, room, db, size }) => {
    const texts = [digits(polar[0], 1), digits(polar[1], 1), digits(polar[2], 2),
      digits(room[0], 3), digits(room[1], 3), digits(room[2], 3),
      db < -120 ? "\u2212\u221e" : digits(db, 1), digits(size, 2)];
    texts.forEach((text, i) => {
      const held = object.cells[i];
      if (held.text !== text) held.cell.textContent = held.text = text;
    });
  };

  // ---- groups

  const chips = data.groups.map((name, group) => {
    const chip = make("button", { type: "button", class: "chip", "aria-pressed": "true",
      title: "Show or hide; with shift, show this one alone" }, find("groups"));
    const first = objects.find(object => object.groups[0] === group);
    make("i", { class: `b ${first ? first.colour : ""}` }, chip);
    make("bdi", {}, chip).textContent = name;
    make("small", {}, chip).textContent = objects.filter(o => o.groups.includes(group)).length;
    chip.addEventListener("click", event => {
      const alone = !page.hidden.has(group) && page.hidden.size === data.groups.length - 1;
      if (event.shiftKey) {
        page.hidden = new Set(alone ? [] : data.groups.keys());
        page.hidden.delete(group);
      } else if (!page.hidden.delete(group)) {
        page.hidden.add(group);
      }
      dress();
    });
    return chip;
  });

  // ---- drawing

  const music = () => {
    if (!data.beats) return () => "";
    let sum = 0;
    const frames = Float64Array.from(data.beats.frames, step => (sum += step));
    const [firstBar, firstBeat] = data.beats.first;
    const names = new Array(frames.length);
    let at = 0;
    data.beats.bars.forEach((beats, bar) => {
      const from = bar === 0 ? firstBeat : 1;
      for (let beat = 0; beat < beats && at < names.length; beat++, at++) names[at] = [firstBar + bar, from + beat];
    });
    return frame => {
      let low = 0, high = frames.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (frames[middle] <= frame) low = middle + 1; else high = middle;
      }
      return low === 0 ? "" : `bar ${names[low - 1][0]} beat ${names[low - 1][1]}`;
    };
  };
  const musicAt = music();
  const clock = time => {
    const ms = Math.round(time * 1000), s = Math.floor(ms / 1000);
    const two = n => String(n).padStart(2, "0");
    return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}.${String(ms % 1000).padStart(3, "0")}`;
  };

  const tailOf = (object, frame, now) => {
    const { times } = object.position;
    const from = Math.max(frame - TAIL_SECONDS * data.rate, times[0]);
    if (times.length < 2 || from >= frame || from >= times[times.length - 1]) return null;
    const points = [];
    for (let i = 0; i < TAIL_STEPS; i++) {
      points.push(roomAt(object, from + (frame - from) * i / TAIL_STEPS));
    }
    points.push(now);
    return points;
  };

  // Names keep their side as long as it is free, so that they do not flicker.
  const WAYS = [[1, 0], [-1, 0], [0, -1], [0, 1], [1, -1], [-1, -1], [1, 1], [-1, 1]];
  const placeLabels = states => {
    const taken = [];
    const overlaps = r => taken.some(t => r[0] < t[2] && t[0] < r[2] && r[1] < t[3] && t[1] < r[3]);
    const marks = objects.filter(isShown).map(object => [object, object.marks.find(m => m.label)]);
    for (const [object, { view, wide }] of marks) {
      const [x, y] = view.point(states[object.index].room);
      taken.push([x - wide, y - 9, x + wide, y + 9]);
    }
    const order = marks.sort((a, b) => isLit(b[0]) - isLit(a[0]) || a[0].index - b[0].index);
    for (const [object, mark] of order) {
      const { label, view, wide } = mark;
      let spot = null;
      if (page.names || isLit(object)) {
        if (!mark.width) {
          label.classList.remove("gone");
          mark.width = label.getComputedTextLength() || 7 * object.name.length;
        }
        const [x, y] = view.point(states[object.index].room);
        for (let i = 0; i < WAYS.length && !spot; i++) {
          const way = (mark.way + i) % WAYS.length, [dx, dy] = WAYS[way];
          const cx = x + dx * (wide + 4 + mark.width / 2), cy = y + dy * 18;
          const rect = [cx - mark.width / 2, cy - 7, cx + mark.width / 2, cy + 7];
          const inside = rect[0] > view.box[0] && rect[1] > view.box[1] && rect[2] < view.box[2] && rect[3] < view.box[3];
          if (inside && !overlaps(rect)) {
            spot = rect;
            mark.way = way;
            taken.push(rect);
          }
        }
      }
      label.classList.toggle("gone", !spot);
      if (spot) label.setAttribute("transform", `translate(${spot[0].toFixed(1)} ${(spot[3] - 3).toFixed(1)})`);
    }
  };

  const draw = () => {
    const frame = page.time * data.rate;
    const states = objects.map(object => stateAt(object, frame));
    for (const object of objects) {
      if (!isShown(object)) continue;
      const { room, size, db } = states[object.index];
      const tail = tailOf(object, frame, room);
      for (const { view, disc, tail: line, mark } of object.marks) {
        const [x, y] = view.point(room).map(v => v.toFixed(1));
        mark.setAttribute("transform", `translate(${x} ${y})`);
        mark.classList.toggle("silent", !(db > SILENT_DB));
        disc.setAttribute("cx", x);
        disc.setAttribute("cy", y);
        disc.setAttribute("r", size > 0 ? Math.max(size * view.scale, 12).toFixed(1) : 0);
        const points = tail ? tail.map(p => view.point(p).map(v => v.toFixed(1)).join()).join(" ") : "";
        if (line.points.numberOfItems || points) line.setAttribute("points", points);
      }
    }
    placeLabels(states);
    find("clock").textContent = clock(page.time);
    find("music").textContent = musicAt(frame);
    const now = performance.now();
    if (!page.playing || now - page.listed > 80) {
      page.listed = now;
      for (const object of objects) write(object, states[object.index]);
      find("slider").value = page.time;
      find("slider").setAttribute("aria-valuetext", clock(page.time));
    }
  };

  // What is shown, lit and pressed; positions stay.
  const dress = () => {
    const focus = page.over !== null || page.chosen.size > 0;
    document.body.classList.toggle("focus", focus);
    for (const object of objects) {
      const shown = isShown(object), lit = isLit(object);
      for (const { disc, tail, mark, label } of object.marks) {
        for (const part of [disc, tail, mark, label]) {
          if (!part) continue;
          part.classList.toggle("off", !shown);
          part.classList.toggle("lit", lit);
        }
        if (lit) mark.parentNode.append(mark);
      }
      for (const way of object.ways) {
        way.classList.toggle("off", !shown || !(page.ways || lit));
        way.classList.toggle("lit", lit);
      }
      object.row.classList.toggle("off", !shown);
      object.row.classList.toggle("lit", lit);
      object.row.classList.toggle("chosen", page.chosen.has(object));
    }
    chips.forEach((chip, group) => chip.setAttribute("aria-pressed", !page.hidden.has(group)));
    find("ways").setAttribute("aria-pressed", page.ways);
    find("names").setAttribute("aria-pressed", page.names);
    draw();
  };

  // ---- time

  const seek = time => {
    page.time = Math.min(Math.max(time, 0), seconds);
    page.from = page.time;
    page.since = performance.now();
    draw();
  };
  const tick = now => {
    if (!page.playing) return;
    page.time = Math.max(page.from + (now - page.since) / 1000, page.from);
    if (page.time >= seconds) {
      page.time = seconds;
      play(false);
    }
    draw();
    requestAnimationFrame(tick);
  };
  const play = on => {
    if (on && page.time >= seconds) page.time = 0;
    page.playing = on;
    page.from = page.time;
    page.since = performance.now();
    find("play").setAttribute("aria-label", on ? "Pause" : "Play");
    find("icon").setAttribute("d", on ? "M6.5 4.5h4v15h-4zM13.5 4.5h4v15h-4z" : "M7 4.5v15l12.5-7.5z");
    if (on) requestAnimationFrame(tick); else draw();
  };

  // ---- hands

  const objectUnder = event => {
    const element = event.target.closest ? event.target.closest("[data-o]") : null;
    return element ? objects[element.dataset.o] : null;
  };
  document.addEventListener("pointerover", event => {
    const object = objectUnder(event);
    if (object !== page.over) {
      page.over = object;
      dress();
    }
  });
  document.addEventListener("click", event => {
    const object = objectUnder(event);
    if (object) {
      if (!page.chosen.delete(object)) page.chosen.add(object);
    } else if (event.target.closest("#stage")) {
      page.chosen.clear();
    } else {
      return;
    }
    dress();
  });
  const choose = step => {
    const shown = objects.filter(isShown);
    if (!shown.length) return;
    const at = shown.findIndex(object => page.chosen.has(object));
    const next = at < 0 ? (step > 0 ? 0 : shown.length - 1) : (at + step + shown.length) % shown.length;
    page.chosen = new Set([shown[next]]);
    shown[next].row.scrollIntoView({ block: "nearest" });
    dress();
  };
  const toggle = key => {
    page[key] = !page[key];
    dress();
  };
  const keys = {
    " ": () => play(!page.playing),
    ArrowLeft: far => seek(page.time - (far ? 10 : 1)),
    ArrowRight: far => seek(page.time + (far ? 10 : 1)),
    Home: () => seek(0),
    End: () => seek(seconds),
    ArrowUp: () => choose(-1),
    ArrowDown: () => choose(1),
    Escape: () => { page.chosen.clear(); dress(); },
    w: () => toggle("ways"),
    n: () => toggle("names"),
  };
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // A focused button answers to the space bar itself.
    if (event.key === " " && event.target.tagName === "BUTTON") return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act(event.shiftKey);
  });
  find("play").addEventListener("click", () => play(!page.playing));
  find("ways").addEventListener("click", () => toggle("ways"));
  find("names").addEventListener("click", () => toggle("names"));
  find("slider").addEventListener("input", event => seek(Number(event.target.value)));

  const fromAddress = () => {
    const match = /(?:^#|&)t=([0-9.]+)/.exec(location.hash);
    return match && Number.isFinite(Number(match[1])) ? Number(match[1]) : null;
  };
  addEventListener("hashchange", () => {
    const time = fromAddress();
    if (time !== null) seek(time);
  });

  find("slider").max = seconds;
  find("end").textContent = clock(seconds);
  page.time = Math.min(fromAddress() ?? data.at / data.rate, seconds);
  dress();
})();
