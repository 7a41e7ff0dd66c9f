"""Chromium opens the pages of `cupola view`: what they show equals `cupola show`, and they ask nobody."""
import html.parser
import json
import random
import subprocess
from urllib.parse import urlsplit

import numpy as np

from common import RATE, SCENES, arguments, demand, run, write_scene, write_stem

cupola, folder = arguments()
SIZE = (1440, 900)
# What a cell may be off: half of its last digit, and the tolerance of a page that lost no points.
NEAR = {"az": 0.08, "el": 0.08, "d": 0.006, "x": 0.003, "y": 0.003, "z": 0.003, "db": 0.07, "size": 0.006}


def browse(address, *options):
    """Opens an address in a headless browser whose only way out is a dead port."""
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
               "--disable-background-networking", "--disable-component-update", "--disable-sync",
               "--disable-default-apps", "--proxy-server=127.0.0.1:9", f"--user-data-dir={folder}/profile",
               f"--window-size={SIZE[0]},{SIZE[1]}", "--hide-scrollbars", "--virtual-time-budget=2000",
               *options, address]
    return subprocess.run(command, check=True, capture_output=True, timeout=180).stdout


class Rows(html.parser.HTMLParser):
    """The list of the page: name and cells of every object, the clock, the title, scripts met."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.texts, self.scripts, self.at = [], {}, 0, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.scripts += tag == "script"
        if tag == "tr" and "data-o" in attrs:
            self.rows.append({})
        self.at.append(attrs.get("data-k") or attrs.get("id") or tag)

    def handle_endtag(self, tag):
        if self.at:
            self.at.pop()

    def handle_data(self, data):
        where = self.at[-1] if self.at else ""
        if self.rows and (where in NEAR or where == "bdi") and "list" in self.at:
            self.rows[-1][where] = self.rows[-1].get(where, "") + data
        else:
            self.texts[where] = self.texts.get(where, "") + data


def number(text):
    return float(text.replace("\u2212", "-").replace("\u221e", "inf"))


def address(page, seconds):
    return f"{page.resolve().as_uri()}#t={seconds}"


def compare(scene, page, times):
    """Every object at every time as the page shows it, against what `show` says. Returns the cells."""
    run(cupola, "view", scene, "-o", page, "--force", "--quiet")
    ats = [part for t in times for part in ("--at", f"{t} s")]
    instants = json.loads(run(cupola, "show", scene, "--json", *ats))["instants"]
    cells = 0
    for seconds, truth in zip(times, instants):
        shown = Rows(browse(address(page, seconds), "--dump-dom").decode())
        demand(shown.texts["clock"].endswith(f"{seconds % 60:06.3f}"), f"the clock says {shown.texts['clock']}")
        demand(len(shown.rows) == len(truth["objects"]), f"{len(shown.rows)} rows")
        if truth["bar"] is not None:
            music = f"bar {truth['bar']} beat {int(truth['beat'])}"
            demand(shown.texts["music"] == music, f"{shown.texts['music']} for {music}")
        for row, wanted in zip(shown.rows, truth["objects"]):
            demand(row["bdi"] == wanted["name"], f"{row['bdi']} for {wanted['name']}")
            x, y, z = wanted["room"]
            wanted = {"az": wanted["azimuth"], "el": wanted["elevation"], "d": wanted["distance"], "x": x,
                      "y": y, "z": z, "db": wanted["gain_db"], "size": wanted["size"]}
            for key, value in wanted.items():
                cells += 1
                if value is None:
                    demand(number(row[key]) == -np.inf, f"{row} is not silent")
                    continue
                off = number(row[key]) - value
                if key == "az":
                    # Straight up and at the listener there is no azimuth.
                    off = 0 if abs(wanted["el"]) > 89.9 or wanted["d"] == 0 else (off + 180) % 360 - 180
                demand(abs(off) <= NEAR[key], f"{row['bdi']} at {seconds} s: {key} {row[key]} for {value}")
    return cells


def wandering(count, seconds):
    """A scene whose objects go anywhere on the sphere, at any distance, or anywhere in the room."""
    dice = random.Random(7)
    objects = []
    for k in range(count):
        times = sorted(dice.sample(range(seconds * 10), 12))
        if k % 2:
            place = lambda: {c: round(dice.uniform(-1, 1), 3) for c in "xyz"}
        else:
            place = lambda: {"azimuth": round(dice.uniform(-180, 180), 2),
                             "elevation": round(dice.uniform(-85, 85), 2), "distance": round(dice.uniform(0.2, 1), 3)}
        keys = [{"at": t / 10, **place(), "gain": round(dice.uniform(-40, 6), 1), "size": round(dice.random(), 2),
                 "curve": dice.choice(["linear", "smooth", "hold"])} for t in times]
        objects.append({"name": f"Wanderer {k}", "stem": "noise", "groups": [f"g{k % 4}"], "position": place(),
                        "automation": keys, "gain": -k})
    scene = folder / "wandering.yaml"
    write_stem(folder / "noise.wav", 0.1 * np.random.default_rng(3).standard_normal(seconds * RATE))
    write_scene(scene, {"tempo": {"bpm": 97.5, "meter": "7/8"}, "stems": {"noise": {"file": "noise.wav"}},
                        "objects": objects})
    return scene


def hosts(page):
    """Where the browser tried to go with this page open, files aside."""
    log = folder / "net.json"
    browse(page, f"--log-net-log={log}", "--dump-dom")
    found = set()

    def walk(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                if key in ("url", "host") and isinstance(inner, str):
                    parts = urlsplit(inner if "://" in inner else f"//{inner}")
                    if parts.scheme not in ("file", "data", "chrome", "about", "devtools"):
                        found.add(parts.hostname)
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(json.loads(log.read_text())["events"])
    return found


def picture(page, *options):
    shot = folder / "shot.png"
    shot.unlink(missing_ok=True)
    browse(page, f"--screenshot={shot}", *options)
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", str(shot), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
                         check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(SIZE[1], SIZE[0], 3)


def look(page):
    """The page has a picture with colours in it, light or dark as the reader likes it."""
    light = picture(address(page, 20))
    dark = picture(address(page, 20), "--blink-settings=preferredColorScheme=0")
    for name, image in (("light", light), ("dark", dark)):
        colours = len(np.unique(image.reshape(-1, 3), axis=0))
        vivid = (np.ptp(image.astype(int), axis=2) > 80).mean()
        print(f"{name}: mean {image.mean():.0f}, {colours} colours, {100 * vivid:.2f} % vivid")
        demand(colours > 300 and vivid > 0.003, f"the {name} page is blank")
    demand(light.mean() > 220 and dark.mean() < 60, "light and dark look alike")


ode = folder / "ode.html"
cells = compare(SCENES / "ode-to-joy" / "scene.yaml", ode, [0, 12.5, 20.123])
cells += compare(wandering(24, 30), folder / "wandering.html", [1.25, 13.337, 28.9])
print(f"{cells} cells agree with `show`")

evil = "</script><script>document.title='owned'</script><img src=http://evil.invalid onerror=alert(1)>"[:60]
write_scene(folder / "evil.yaml", {"title": evil, "stems": {"noise": {"file": "noise.wav"}}, "objects": [
    {"name": evil, "stem": "noise", "groups": [evil], "position": {"azimuth": 10}}]})
run(cupola, "view", folder / "evil.yaml", "-o", folder / "evil.html", "--quiet")
shown = Rows(browse((folder / "evil.html").resolve().as_uri(), "--dump-dom").decode())
demand(shown.texts["title"] == evil and shown.rows[0]["bdi"] == evil, f"{shown.texts['title']!r}")
demand(shown.scripts == 2, f"{shown.scripts} scripts")

(folder / "empty.html").write_text("<!doctype html><title>nothing</title>")
(folder / "asks.html").write_text("<!doctype html><img src='http://control.invalid/x.png'>")
itself = hosts((folder / "empty.html").resolve().as_uri())
demand("control.invalid" in hosts((folder / "asks.html").resolve().as_uri()) - itself, "the net log shows nothing")
for page in (ode, folder / "evil.html"):
    asked = hosts(page.resolve().as_uri()) - itself
    demand(not asked, f"{page.name} asked {asked}")
print("no page asked anybody")
look(ode)
