"""The motifs. Each takes a canvas and a palette and leaves something one would like to look at."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from socialsim.kernel.pictures.canvas import Canvas, Colour, Point, blend, rgb


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one mood, dark to light, and one that sings."""

    deep: Colour
    dark: Colour
    middle: Colour
    light: Colour
    paper: Colour
    accent: Colour


def _palette(colours: str) -> Palette:
    return Palette(*(rgb(colour) for colour in colours.split()))


PALETTES = tuple(
    _palette(colours)
    for colours in (
        "14233c 1f3f63 3f7fa0 a9cfd6 f4efe4 e8744f",
        "1d1f3b 3a2f5b 7d5a83 e0a899 fbeee2 f3b65c",
        "12312f 1f524b 4f9182 b9d8bd f7f2e2 e0a13a",
        "2b1c24 5b2b3a a84f52 e9a583 fcefdf 2f6f8f",
        "20263a 39506b 7393a7 c9d6d4 f6f1e7 d5573b",
        "1b2a20 38543a 7f9a5b d3d39a faf5e1 c9542f",
        "251a33 4a2f5e 8a5a9e d8b3d2 f9f0ee ee8f6b",
        "0f2a3a 0f5468 3f9aa3 b4dcd2 fbf4e4 f2c14e",
    )
)


def sea(canvas: Canvas, palette: Palette) -> None:
    """Evening over a bay: sun, headlands, bands of water."""
    dice, horizon = canvas.dice, canvas.dice.uniform(0.48, 0.58)
    canvas.gradient(palette.dark, blend(palette.light, palette.accent, 0.35), 0, horizon)
    sun = (dice.uniform(0.25, 0.75), horizon - dice.uniform(0.06, 0.2))
    canvas.glow(sun, 0.34, palette.accent, 0.75)
    canvas.disc(sun, 0.105, blend(palette.paper, palette.accent, 0.18))
    for index in range(3):
        canvas.ridge(horizon + 0.01, 0.16 - index * 0.045, 1.2, blend(palette.middle, palette.deep, 0.25 + index * 0.3))
    canvas.gradient(blend(palette.middle, palette.accent, 0.12), palette.deep, horizon, 1)
    rows = 26
    for row in range(rows):
        depth = (row / rows) ** 1.6
        y = horizon + 0.012 + depth * (0.98 - horizon)
        reach = 0.05 + depth * 0.5
        for _ in range(3 + row // 3):
            x = sun[0] + dice.gauss(0, reach)
            length = dice.uniform(0.02, 0.1) * (0.4 + depth)
            share = max(0.0, 0.75 - abs(x - sun[0]) * 1.6) * (1 - depth * 0.5)
            colour = blend(blend(palette.dark, palette.middle, 0.55 - depth * 0.3), palette.paper, share)
            canvas.line(_ripple(x, y, length, dice.uniform(0, 6)), colour, 0.003 + depth * 0.004)
    for _ in range(dice.randint(0, 2)):
        _sail(canvas, (dice.uniform(0.12, 0.88), horizon + dice.uniform(0.015, 0.05)), palette)


def _ripple(x: float, y: float, length: float, phase: float) -> list[Point]:
    return [(x + length * (s / 6 - 0.5), y + 0.0016 * math.sin(phase + s * 1.1)) for s in range(7)]


def _sail(canvas: Canvas, foot: Point, palette: Palette) -> None:
    x, y = foot
    canvas.shape([(x, y - 0.06), (x, y - 0.006), (x + 0.04, y - 0.006)], palette.paper)
    canvas.shape([(x - 0.004, y - 0.048), (x - 0.004, y - 0.006), (x - 0.022, y - 0.006)], palette.accent)
    canvas.shape(
        [(x - 0.03, y - 0.004), (x + 0.045, y - 0.004), (x + 0.03, y + 0.008), (x - 0.02, y + 0.008)], palette.deep
    )


def hills(canvas: Canvas, palette: Palette) -> None:
    """Layer behind layer of hills in mist."""
    dice = canvas.dice
    canvas.gradient(blend(palette.light, palette.paper, 0.25), palette.paper)
    sun = (dice.uniform(0.2, 0.8), dice.uniform(0.18, 0.34))
    canvas.glow(sun, 0.3, palette.accent, 0.3)
    canvas.disc(sun, dice.uniform(0.07, 0.12), blend(palette.accent, palette.paper, 0.12))
    layers = 7
    for layer in range(layers):
        share = layer / (layers - 1)
        colour = blend(blend(palette.light, palette.middle, min(1.0, share * 1.6)), palette.deep, share**2)
        canvas.ridge(0.46 + share * 0.42, 0.24 - share * 0.06, 1.5 - share * 0.3, colour)
    for _ in range(dice.randint(3, 7)):
        x, y, size = dice.uniform(0.15, 0.85), dice.uniform(0.14, 0.36), dice.uniform(0.008, 0.016)
        canvas.line([(x - size, y - size * 0.5), (x, y), (x + size, y - size * 0.6)], palette.dark, 0.003)


def linocut(canvas: Canvas, palette: Palette) -> None:
    """A print on paper: a block with carved waves, a second colour slightly out of register."""
    dice = canvas.dice
    paper = blend(palette.paper, (255, 255, 255), 0.3)
    canvas.gradient(paper, blend(paper, palette.light, 0.12))
    left, right, top, bottom = 0.11, 0.89, 0.1, 0.84
    canvas.box((left, top), (right, bottom), palette.deep, 0.006)
    sun = (dice.uniform(0.32, 0.68), dice.uniform(0.26, 0.36))
    canvas.disc((sun[0] + 0.006, sun[1] - 0.004), 0.17, palette.accent)
    for ray in range(28):
        angle = ray * 2 * math.pi / 28
        near, far = 0.195, 0.195 + (0.05 if ray % 2 else 0.085)
        ends = [
            (
                sun[0] + r * math.cos(angle) / max(1.0, canvas.aspect),
                sun[1] + r * math.sin(angle) * min(1.0, canvas.aspect),
            )
            for r in (near, far)
        ]
        canvas.line(ends, paper, 0.006)
    _scales(canvas, palette, paper, (left, right, dice.uniform(0.5, 0.56), bottom))
    canvas.box((0, 0), (left, 1), paper)
    canvas.box((right, 0), (1, 1), paper)
    canvas.box((0, bottom), (1, 1), paper)
    canvas.line([(left, 0.9), (left + 0.14, 0.9)], blend(paper, palette.dark, 0.55), 0.003)
    canvas.line([(right - 0.1, 0.9), (right, 0.9)], blend(paper, palette.dark, 0.55), 0.003)


def _scales(canvas: Canvas, palette: Palette, paper: Colour, frame: tuple[float, float, float, float]) -> None:
    left, right, top, bottom = frame
    radius = canvas.dice.choice((0.07, 0.085, 0.1))
    step_x = radius * 2 * (1 if canvas.aspect <= 1 else 1 / canvas.aspect)
    step_y = radius * 0.52 * min(1.0, canvas.aspect)
    rows = int((bottom - top) / step_y) + 3
    for row in range(rows):
        y = top + row * step_y + radius * 0.5
        shift = step_x / 2 if row % 2 else 0.0
        for column in range(-1, int((right - left) / step_x) + 3):
            centre = (left + column * step_x + shift, y)
            canvas.disc(centre, radius, palette.deep)
            for turn, share in enumerate((0.96, 0.72, 0.48, 0.24)):
                colour = paper if (turn + row) % 4 else palette.accent
                canvas.ring(centre, radius * share, colour, 0.007)


def leaf(canvas: Canvas, palette: Palette) -> None:
    """A twig, pressed."""
    dice = canvas.dice
    canvas.gradient(palette.paper, blend(palette.paper, palette.light, 0.3))
    canvas.disc((dice.uniform(0.3, 0.7), dice.uniform(0.3, 0.45)), 0.33, blend(palette.paper, palette.accent, 0.45))
    sway = dice.uniform(-0.12, 0.12)
    spine = [(0.5 + sway * math.sin(t * 2.4), 0.93 - t * 0.8) for t in (s / 30 for s in range(31))]
    pairs = dice.randint(6, 9)
    for index in range(pairs):
        share = 0.16 + 0.8 * index / pairs
        x, y = spine[round(share * 30)]
        length = 0.2 * (1 - share * 0.62)
        for side in (-1, 1):
            turn = side * (34 + 18 * share) + dice.uniform(-6, 6)
            reach = length * 0.95
            centre = (
                x + side * reach * math.sin(math.radians(abs(turn) + 24)) * min(1.0, 1 / canvas.aspect),
                y - reach * 0.52 * min(1.0, canvas.aspect),
            )
            colour = blend(palette.dark, palette.middle, dice.uniform(0.05, 0.85))
            canvas.oval(centre, (length * 0.32, length), colour, side * 58 - side * share * 22)
            canvas.line([(x, y), centre], blend(colour, palette.paper, 0.45), 0.004)
    canvas.line(spine, palette.deep, 0.009)
    canvas.oval(spine[-1], (0.03, 0.07), palette.accent, sway * 60)


def still(canvas: Canvas, palette: Palette) -> None:
    """A bowl with fruit at a window's light."""
    dice = canvas.dice
    table = dice.uniform(0.6, 0.66)
    canvas.gradient(blend(palette.middle, palette.light, 0.35), blend(palette.light, palette.paper, 0.4), 0, table)
    canvas.shape([(0.55, 0), (0.95, 0), (0.62, table), (0.2, table)], blend(palette.light, palette.paper, 0.75))
    canvas.gradient(blend(palette.paper, palette.accent, 0.22), blend(palette.accent, palette.dark, 0.35), table, 1)
    x, y = dice.uniform(0.44, 0.56), table + 0.1
    canvas.oval((x + 0.1, y + 0.13), (0.4, 0.05), blend(palette.dark, palette.accent, 0.35))
    fruits = [palette.accent, blend(palette.accent, palette.paper, 0.45), blend(palette.middle, palette.accent, 0.25)]
    for index in range(5):
        centre = (x + (index - 2) * 0.105, y - 0.085 - 0.05 * (2 - abs(index - 2)))
        colour = fruits[index % 3]
        canvas.disc(centre, 0.088, blend(colour, palette.deep, 0.12))
        canvas.disc((centre[0] - 0.01, centre[1] - 0.009), 0.072, colour)
        canvas.disc((centre[0] - 0.026, centre[1] - 0.024), 0.02, blend(colour, palette.paper, 0.65))
    canvas.pie((x, y - 0.06), 0.31, (0, 180), palette.deep)
    canvas.pie((x - 0.012, y - 0.06), 0.29, (20, 180), palette.dark)
    canvas.arc((x, y - 0.06), 0.22, (40, 150), blend(palette.dark, palette.light, 0.35), 0.006)
    canvas.box(
        (x - 0.1, y + 0.165 * min(1.0, canvas.aspect)), (x + 0.1, y + 0.2 * min(1.0, canvas.aspect)), palette.deep, 0.01
    )


def road(canvas: Canvas, palette: Palette) -> None:
    """A road into the hills and somebody on a bicycle."""
    dice, horizon = canvas.dice, canvas.dice.uniform(0.44, 0.52)
    canvas.gradient(
        blend(palette.middle, palette.light, 0.55), blend(palette.paper, palette.accent, 0.2), 0, horizon + 0.05
    )
    sun = (dice.uniform(0.15, 0.85), horizon - 0.2)
    canvas.glow(sun, 0.26, palette.accent, 0.5)
    canvas.disc(sun, 0.075, blend(palette.paper, palette.accent, 0.2))
    for index, share in enumerate((0.2, 0.45, 0.7)):
        canvas.ridge(horizon + index * 0.025, 0.17 - index * 0.05, 1.3, blend(palette.light, palette.dark, share))
    canvas.gradient(
        blend(palette.middle, palette.accent, 0.22), blend(palette.dark, palette.accent, 0.1), horizon + 0.03, 1
    )
    bend = dice.uniform(-0.18, 0.18)
    edges: tuple[list[Point], list[Point]] = ([], [])
    for step in range(41):
        depth = step / 40
        y = horizon + 0.035 + depth * (1 - horizon)
        middle = 0.5 + bend * (1 - depth) ** 2 * 1.6
        half = 0.008 + 0.36 * depth**1.7
        edges[0].append((middle - half, y))
        edges[1].append((middle + half, y))
    canvas.shape([*edges[0], *reversed(edges[1])], blend(palette.deep, palette.light, 0.22))
    for step in range(2, 39, 4):
        (xl, y), (xr, _) = edges[0][step], edges[1][step]
        (xl2, y2), (xr2, _) = edges[0][step + 1], edges[1][step + 1]
        canvas.line([((xl + xr) / 2, y), ((xl2 + xr2) / 2, y2)], palette.paper, 0.002 + 0.012 * (step / 40) ** 2)
    _cyclist(canvas, ((edges[0][24][0] * 0.3 + edges[1][24][0] * 0.7), edges[0][24][1]), palette)


def _cyclist(canvas: Canvas, foot: Point, palette: Palette) -> None:
    x, y = foot
    wide = 1 / canvas.aspect if canvas.aspect > 1 else 1.0
    tall = min(1.0, canvas.aspect)

    def at(dx: float, dy: float) -> Point:
        return x + dx * wide, y + dy * tall

    for wheel in (-0.055, 0.055):
        canvas.ring(at(wheel, -0.042), 0.04, palette.deep, 0.006)
    frame = [at(-0.055, -0.042), at(-0.005, -0.046), at(0.04, -0.1), at(-0.025, -0.1), at(-0.005, -0.046)]
    canvas.line(frame, palette.accent, 0.008)
    canvas.line([at(0.055, -0.042), at(0.036, -0.115), at(0.056, -0.122)], palette.accent, 0.007)
    canvas.line([at(-0.03, -0.122), at(0.008, -0.088), at(-0.002, -0.04)], palette.deep, 0.014)
    canvas.line([at(-0.03, -0.125), at(0.012, -0.185)], blend(palette.accent, palette.paper, 0.25), 0.032)
    canvas.line([at(0.012, -0.178), at(0.05, -0.128)], blend(palette.accent, palette.paper, 0.45), 0.011)
    canvas.disc(at(0.026, -0.213), 0.021, blend(palette.light, palette.accent, 0.35))
    canvas.pie(at(0.026, -0.217), 0.025, (180, 360), palette.deep)


def plate(canvas: Canvas, palette: Palette) -> None:
    """Lunch, from above."""
    dice = canvas.dice
    canvas.gradient(blend(palette.light, palette.paper, 0.35), blend(palette.light, palette.middle, 0.25))
    for stripe in range(5):
        x = 0.06 + stripe * 0.035
        canvas.line([(x, 0), (x, 1)], blend(palette.light, palette.accent, 0.35), 0.006)
    centre = (dice.uniform(0.48, 0.56), dice.uniform(0.46, 0.54))
    canvas.disc((centre[0] + 0.02, centre[1] + 0.02), 0.4, blend(palette.middle, palette.dark, 0.4))
    canvas.disc(centre, 0.4, palette.paper)
    canvas.ring(centre, 0.375, blend(palette.paper, palette.dark, 0.55), 0.006)
    canvas.disc(centre, 0.3, blend(palette.paper, palette.light, 0.3))
    for _ in range(26):
        angle, reach = dice.uniform(0, 6.3), dice.uniform(0.02, 0.22)
        spot = (
            centre[0] + reach * math.cos(angle) / max(1.0, canvas.aspect),
            centre[1] + reach * math.sin(angle) * min(1.0, canvas.aspect),
        )
        kind = dice.random()
        if kind < 0.5:
            canvas.oval(spot, (0.024, 0.075), blend(palette.middle, palette.dark, dice.random()), dice.uniform(0, 180))
        elif kind < 0.8:
            canvas.disc(spot, 0.045, palette.accent)
            canvas.disc(spot, 0.033, blend(palette.accent, palette.paper, 0.3))
        else:
            canvas.disc(spot, 0.022, blend(palette.paper, palette.accent, 0.12))
    canvas.line([(0.93, 0.2), (0.93, 0.8)], blend(palette.dark, palette.paper, 0.3), 0.014)
    for tine in (-0.018, 0.0, 0.018):
        canvas.line([(0.93 + tine, 0.12), (0.93 + tine, 0.24)], blend(palette.dark, palette.paper, 0.3), 0.007)


def shapes(canvas: Canvas, palette: Palette) -> None:
    """Paper cut-outs."""
    dice = canvas.dice
    canvas.gradient(palette.paper, palette.paper)
    colours = [palette.accent, palette.middle, palette.dark, palette.light, palette.deep]
    columns, rows = 3, max(3, round(3 / canvas.aspect))
    for row in range(rows):
        for column in range(columns):
            x0, y0, x1, y1 = column / columns, row / rows, (column + 1) / columns, (row + 1) / rows
            ground, figure = dice.sample(colours, 2)
            canvas.box((x0, y0), (x1, y1), blend(palette.paper, ground, 0.9 if dice.random() < 0.6 else 0.0))
            middle = ((x0 + x1) / 2, (y0 + y1) / 2)
            match dice.randint(0, 4):
                case 0:
                    canvas.disc(middle, 0.13, figure)
                case 1:
                    canvas.pie((x0, y1), 0.32, (270, 360), figure)
                case 2:
                    canvas.pie((x1, y0), 0.32, (90, 180), figure)
                case 3:
                    canvas.shape([(x0, y1), (middle[0], y0), (x1, y1)], figure)
                case _:
                    for share in (0.14, 0.1, 0.06):
                        canvas.disc(middle, share, figure if share != 0.1 else palette.paper)


def avatar(canvas: Canvas, palette: Palette) -> None:
    """An emblem that still reads at 32 pixels."""
    dice = canvas.dice
    canvas.gradient(palette.accent, blend(palette.accent, palette.deep, 0.45))
    canvas.disc((0.5, 0.44), 0.22, blend(palette.paper, palette.accent, 0.08))
    canvas.ridge(0.78, 0.3, 1.4, blend(palette.dark, palette.accent, 0.15))
    canvas.ridge(0.92, dice.uniform(0.18, 0.3), 1.2, palette.deep)


SCENES: dict[str, Callable[[Canvas, Palette], None]] = {
    "sea": sea,
    "hills": hills,
    "print": linocut,
    "leaf": leaf,
    "still": still,
    "road": road,
    "plate": plate,
    "shapes": shapes,
    "avatar": avatar,
}
