#!/usr/bin/env python3
"""Make photo-like JPEGs with camera EXIF, deterministically.

    make_photos.py OUT --count 300 --size 4000x3000 --seed 1
    make_photos.py OUT --count 10000 --size 320x240 --quality 80 --no-gps --jobs 2

Every picture is a function of (seed, index) alone: the same arguments give the
same pixels and EXIF, whatever --jobs is, and picture 17 of a set of 20 is
picture 17 of a set of 20,000.  (JPEG bytes also depend on the Pillow and
libjpeg version.)

The pixels are a sky-to-ground gradient, a multi-octave "cloud" field, some soft
blobs, a horizon and sensor noise: at 12 MP and quality 90 a file comes out at
roughly 3-5 MB, as from a phone, instead of the few hundred kB of a flat
gradient or the 10+ MB of white noise.

EXIF: Make, Model, Orientation (a share is 6, 3 or 8), DateTimeOriginal with
OffsetTimeOriginal and SubSecTimeOriginal, ExposureTime, FNumber,
ISOSpeedRatings, FocalLength, LensModel, and - for --gps-share of the pictures -
GPS position, altitude and time.  Dates walk through --years years in "trips":
bursts of pictures a few seconds to hours apart at nearby places.
--xmp adds dc:subject keywords and a rating; --dup-share makes exact byte copies
of an earlier picture; --burst makes near-duplicates.  manifest.csv lists what
was written.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import hashlib
import io
import math
import random
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image, TiffImagePlugin

CAMERAS = [  # make, model, lens, f-number, focal length in mm
    ("Apple", "iPhone 13", "iPhone 13 back camera 5.1mm f/1.6", 1.6, 5.1),
    ("Google", "Pixel 8", "Pixel 8 back camera 6.9mm f/1.68", 1.68, 6.9),
    ("Canon", "Canon EOS R6", "RF24-105mm F4 L IS USM", 4.0, 50.0),
    ("FUJIFILM", "X-T4", "XF18-55mmF2.8-4 R LM OIS", 2.8, 18.0),
    ("SONY", "ILCE-7M3", "FE 28-70mm F3.5-5.6 OSS", 5.6, 35.0),
]
PLACES = [  # name, latitude, longitude, altitude, utc offset in hours
    ("Paris", 48.8566, 2.3522, 35, 1),
    ("Lyon", 45.7640, 4.8357, 173, 1),
    ("Oslo", 59.9139, 10.7522, 23, 1),
    ("Kyoto", 35.0116, 135.7681, 50, 9),
    ("Lisbon", 38.7223, -9.1393, 2, 0),
    ("Cusco", -13.5320, -71.9675, 3399, -5),
    ("Sydney", -33.8688, 151.2093, 3, 10),
    ("Chamonix", 45.9237, 6.8694, 1035, 1),
    ("New York", 40.7128, -74.0060, 10, -5),
    ("Marrakesh", 31.6295, -7.9811, 466, 1),
]
KEYWORDS = [
    "holiday",
    "family",
    "mountain",
    "beach",
    "city",
    "dog",
    "cat",
    "food",
    "sunset",
    "snow",
    "birthday",
    "work",
    "garden",
    "hike",
    "museum",
    "night",
]


def rng_for(seed: int, *key) -> np.random.Generator:
    digest = hashlib.blake2b(repr((seed, *key)).encode(), digest_size=8).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))


def cloud(rng, height, width, octaves=6) -> np.ndarray:
    """Smooth noise in 0..1: random grids of growing fineness, upsampled and summed."""
    total = np.zeros((height, width), np.float32)
    amplitude, weight = 1.0, 0.0
    for octave in range(octaves):
        cells = 3 * 2**octave
        grid = rng.integers(0, 256, (max(2, cells * height // width), cells), dtype=np.uint8)
        layer = Image.fromarray(grid).resize((width, height), Image.Resampling.BICUBIC)
        total += amplitude * (np.asarray(layer, np.float32) / 255.0)
        weight += amplitude
        amplitude *= 0.55
    return total / weight


def pixels(seed: int, scene: int, variant: int, width: int, height: int, noise: float) -> Image.Image:
    """Scene `scene`; `variant` > 0 shifts exposure and noise (a burst's next frame)."""
    rng = rng_for(seed, "scene", scene)
    sky, mid, ground = (rng.integers(30, 230, 3).astype(np.float32) for _ in range(3))
    horizon = 0.35 + 0.35 * rng.random()
    ys = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    upper = np.clip(ys / horizon, 0, 1)
    lower = np.clip((ys - horizon) / (1 - horizon), 0, 1)
    field = cloud(rng, height, width)
    texture = cloud(rng, height, width, octaves=8)
    out = np.empty((height, width, 3), np.float32)
    edge = ys + 0.10 * (field - 0.5) > horizon
    for c in range(3):
        top = sky[c] * (1 - upper) + mid[c] * upper + 70 * (field - 0.5)
        bottom = mid[c] * (1 - lower) * 0.6 + ground[c] * (0.4 + 0.6 * lower) + 120 * (texture - 0.5)
        out[..., c] = np.where(edge, bottom, top)
    xs = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    for _ in range(int(rng.integers(2, 7))):  # soft "subjects"
        cx, cy, r = rng.random(), rng.random(), 0.03 + 0.12 * rng.random()
        colour = rng.integers(0, 256, 3)
        mask = np.exp(-((((xs - cx) ** 2 + ((ys - cy) * height / width) ** 2) / r**2) ** 2))
        for c in range(3):
            out[..., c] += mask * (colour[c] - out[..., c]) * 0.85
    frame = rng_for(seed, "frame", scene, variant)
    out *= 1.0 + 0.02 * variant
    grain = frame.normal(0, noise, (height, width)).astype(np.float32)
    out += grain[..., None]
    return Image.fromarray(np.clip(out, 0, 255).astype(np.uint8))


def rational(value: float) -> TiffImagePlugin.IFDRational:
    return TiffImagePlugin.IFDRational(round(value * 10_000), 10_000)


def dms(value: float):
    value = abs(value)
    degrees = int(value)
    minutes = int((value - degrees) * 60)
    seconds = (value - degrees - minutes / 60) * 3600
    return (rational(degrees), rational(minutes), rational(seconds))


def plan(args) -> list[dict]:
    """What each picture is, in order; cheap, so that workers need no shared state."""
    rows, start = [], dt.datetime(2026, 6, 30) - dt.timedelta(days=365 * args.years)
    span = 365 * args.years * 86400
    trip_of = 0
    index = 0
    while index < args.count:
        trip = random.Random(f"{args.seed}/{trip_of}")
        size = trip.randint(8, 60)
        place = trip.choice(PLACES)
        camera = trip.choice(CAMERAS)
        gps = trip.random() < args.gps_share
        when = start + dt.timedelta(seconds=int(trip.random() * span))
        lat, lon = place[1], place[2]
        for _ in range(size):
            if index >= args.count:
                break
            when += dt.timedelta(seconds=int(trip.expovariate(1 / 1500)) + 2)
            lat += trip.gauss(0, 0.004)
            lon += trip.gauss(0, 0.004)
            row = {
                "index": index,
                "scene": index,
                "variant": 0,
                "copy_of": "",
                "trip": trip_of,
                "place": place[0],
                "taken": when.isoformat(sep=" "),
                "offset": place[4],
                "lat": round(lat, 6) if gps else "",
                "lon": round(lon, 6) if gps else "",
                "alt": place[3],
                "camera": camera[1],
                "make": camera[0],
                "lens": camera[2],
                "fnumber": camera[3],
                "focal": camera[4],
                "orientation": trip.choices([1, 6, 3, 8], [80, 14, 2, 4])[0],
                "portrait": trip.random() < 0.18,
                "iso": trip.choice([50, 100, 200, 400, 800, 1600]),
                "shutter": trip.choice([15, 60, 125, 250, 500, 1000]),
                "subsec": trip.randint(0, 999),
                "keywords": " ".join(sorted(trip.sample(KEYWORDS, trip.randint(1, 4)))),
                "rating": trip.choices([0, 1, 2, 3, 4, 5], [60, 4, 6, 12, 12, 6])[0],
            }
            if rows and trip.random() < args.dup_share:
                row["copy_of"] = trip.randrange(len(rows))
            elif rows and trip.random() < args.burst_share and rows[-1]["copy_of"] == "":
                row["scene"], row["variant"] = rows[-1]["scene"], rows[-1]["variant"] + 1
                row["portrait"] = rows[-1]["portrait"]
                row["orientation"] = rows[-1]["orientation"]
            rows.append(row)
            index += 1
        trip_of += 1
    return rows


def exif_bytes(row: dict, width: int, height: int, with_gps: bool) -> bytes:
    exif = Image.Exif()
    taken = row["taken"].replace("-", ":")[:19]
    sign = "+" if row["offset"] >= 0 else "-"
    offset = f"{sign}{abs(row['offset']):02d}:00"
    exif[0x010F], exif[0x0110] = row["make"], row["camera"]
    exif[0x0112], exif[0x0132], exif[0x0131] = row["orientation"], taken, "make_photos"
    sub = exif.get_ifd(0x8769)
    sub[0x829A] = TiffImagePlugin.IFDRational(1, row["shutter"])
    sub[0x829D], sub[0x920A] = rational(row["fnumber"]), rational(row["focal"])
    sub[0x8827] = row["iso"]
    sub[0x9003] = sub[0x9004] = taken
    sub[0x9010] = sub[0x9011] = offset
    sub[0x9291] = f"{row['subsec']:03d}"
    sub[0xA002], sub[0xA003], sub[0xA434] = width, height, row["lens"]
    if with_gps and row["lat"] != "":
        gps = exif.get_ifd(0x8825)
        utc = dt.datetime.fromisoformat(row["taken"]) - dt.timedelta(hours=row["offset"])
        gps[1], gps[2] = "N" if row["lat"] >= 0 else "S", dms(row["lat"])
        gps[3], gps[4] = "E" if row["lon"] >= 0 else "W", dms(row["lon"])
        gps[5], gps[6] = b"\x00", rational(row["alt"])
        gps[7] = (rational(utc.hour), rational(utc.minute), rational(utc.second))
        gps[29] = utc.strftime("%Y:%m:%d")
    return exif.tobytes()


def xmp_packet(row: dict) -> bytes:
    subjects = "".join(f"<rdf:li>{word}</rdf:li>" for word in row["keywords"].split())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        f'xmp:Rating="{row["rating"]}"><dc:subject><rdf:Bag>{subjects}</rdf:Bag></dc:subject>'
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def name_of(row: dict) -> str:
    stamp = row["taken"].replace("-", "").replace(":", "").replace(" ", "_")
    return f"IMG_{stamp}_{row['index']:06d}.jpg"


def write(job) -> tuple[int, int]:
    row, args = job
    width, height = args.size
    if row["portrait"]:
        width, height = height, width
    noise = args.noise * (0.5 + 0.25 * math.log2(row["iso"] / 50))  # high ISO is noisier, and so larger
    image = pixels(args.seed, row["scene"], row["variant"], width, height, noise)
    extra = {}
    if not args.no_exif:
        extra["exif"] = exif_bytes(row, width, height, not args.no_gps)
    if args.xmp:
        extra["xmp"] = xmp_packet(row)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=args.quality, subsampling=args.subsampling, **extra)
    (Path(args.out) / name_of(row)).write_bytes(buffer.getvalue())
    return row["index"], buffer.tell()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--size", default="4000x3000", help="WIDTHxHEIGHT (default 12 MP)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quality", type=int, default=90)
    parser.add_argument("--subsampling", default="4:2:0")
    parser.add_argument(
        "--noise", type=float, default=6.0, help="sensor noise at ISO 200, standard deviation of 8-bit levels"
    )
    parser.add_argument("--years", type=int, default=8)
    parser.add_argument("--gps-share", type=float, default=0.7)
    parser.add_argument("--dup-share", type=float, default=0.0, help="share of exact byte copies")
    parser.add_argument(
        "--burst-share", type=float, default=0.0, help="share of near-duplicates of the previous picture"
    )
    parser.add_argument("--no-exif", action="store_true")
    parser.add_argument("--no-gps", action="store_true")
    parser.add_argument("--xmp", action="store_true", help="embed dc:subject keywords and xmp:Rating")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    args.size = tuple(int(part) for part in args.size.lower().split("x"))
    Path(args.out).mkdir(parents=True, exist_ok=True)
    rows = plan(args)
    began = time.time()
    total = 0
    todo = [(row, args) for row in rows if row["copy_of"] == ""]
    with ProcessPoolExecutor(max_workers=args.jobs) as pool:
        for done, (_, size) in enumerate(pool.map(write, todo, chunksize=4), 1):
            total += size
            if done % 100 == 0:
                print(
                    f"{done}/{len(todo)} {total / 1e6:.0f} MB {time.time() - began:.0f}s", file=sys.stderr, flush=True
                )
    for row in rows:
        if row["copy_of"] != "":
            source = rows[row["copy_of"]]
            while source["copy_of"] != "":
                source = rows[source["copy_of"]]
            (Path(args.out) / name_of(row)).write_bytes((Path(args.out) / name_of(source)).read_bytes())
    with open(Path(args.out) / "manifest.csv", "w", newline="") as handle:
        writer = csv.DictWriter(handle, ["file", *rows[0]] if rows else ["file"])
        writer.writeheader()
        writer.writerows({"file": name_of(row), **row} for row in rows)
    mean = total / max(1, len(todo))
    print(f"{len(rows)} files, {total / 1e6:.1f} MB, mean {mean / 1e6:.2f} MB, {time.time() - began:.1f}s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
