"""A drawing sheet in units of its own size, twice as large as asked for, so that edges come out smooth."""

import math
import random
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Point = tuple[float, float]
_SCALE = 2


def rgb(text: str) -> Colour:
    """``d98c4a`` as a colour."""
    return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)


def blend(one: Colour, other: Colour, share: float) -> Colour:
    """``share`` of the other colour in the one."""
    return (
        round(one[0] + (other[0] - one[0]) * share),
        round(one[1] + (other[1] - one[1]) * share),
        round(one[2] + (other[2] - one[2]) * share),
    )


class Canvas:
    """Coordinates run from 0 to 1 in both directions; radii and widths are shares of the shorter side."""

    def __init__(self, width: int, height: int, dice: random.Random) -> None:
        self.dice = dice
        self._size = (width, height)
        self._w, self._h = width * _SCALE, height * _SCALE
        self.unit = min(self._w, self._h)
        self.aspect = self._w / self._h
        self._image = Image.new("RGB", (self._w, self._h))
        self._draw = ImageDraw.Draw(self._image)

    def _at(self, point: Point) -> Point:
        return point[0] * self._w, point[1] * self._h

    def gradient(self, top: Colour, bottom: Colour, start: float = 0.0, end: float = 1.0) -> None:
        """Fill a band from edge to edge, top colour to bottom colour."""
        first, last = round(start * self._h), max(round(end * self._h), round(start * self._h) + 1)
        mask = Image.linear_gradient("L").resize((self._w, last - first))
        self._image.paste(Image.new("RGB", mask.size, top), (0, first))
        self._image.paste(Image.new("RGB", mask.size, bottom), (0, first), mask)

    def disc(self, centre: Point, radius: float, colour: Colour) -> None:
        """A filled circle."""
        x, y = self._at(centre)
        r = radius * self.unit
        self._draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)

    def ring(self, centre: Point, radius: float, colour: Colour, width: float) -> None:
        """A circle's line."""
        x, y = self._at(centre)
        r = radius * self.unit
        self._draw.ellipse((x - r, y - r, x + r, y + r), outline=colour, width=max(1, round(width * self.unit)))

    def arc(self, centre: Point, radius: float, angles: tuple[float, float], colour: Colour, width: float) -> None:
        """A part of a circle's line; angles in degrees, clockwise from the right."""
        x, y = self._at(centre)
        r = radius * self.unit
        self._draw.arc((x - r, y - r, x + r, y + r), *angles, fill=colour, width=max(1, round(width * self.unit)))

    def pie(self, centre: Point, radius: float, angles: tuple[float, float], colour: Colour) -> None:
        """A filled sector."""
        x, y = self._at(centre)
        r = radius * self.unit
        self._draw.pieslice((x - r, y - r, x + r, y + r), *angles, fill=colour)

    def oval(self, centre: Point, radii: Point, colour: Colour, turn: float = 0.0) -> None:
        """A filled ellipse, turned by degrees."""
        x, y = self._at(centre)
        steps, cos, sin = 48, math.cos(math.radians(turn)), math.sin(math.radians(turn))
        outline: list[Point] = []
        for step in range(steps):
            angle = 2 * math.pi * step / steps
            u, v = radii[0] * self.unit * math.cos(angle), radii[1] * self.unit * math.sin(angle)
            outline.append((x + u * cos - v * sin, y + u * sin + v * cos))
        self._draw.polygon(outline, fill=colour)

    def shape(self, points: Sequence[Point], colour: Colour) -> None:
        """A filled polygon."""
        self._draw.polygon([self._at(point) for point in points], fill=colour)

    def line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """A line through points."""
        pixels = max(1, round(width * self.unit))
        self._draw.line([self._at(point) for point in points], fill=colour, width=pixels, joint="curve")

    def box(self, start: Point, end: Point, colour: Colour, radius: float = 0.0) -> None:
        """A filled rectangle with round corners."""
        self._draw.rounded_rectangle((*self._at(start), *self._at(end)), radius * self.unit, fill=colour)

    def glow(self, centre: Point, radius: float, colour: Colour, strength: float) -> None:
        """Light around a point, blended by screening."""
        small = (max(1, self._w // 16), max(1, self._h // 16))
        layer = Image.new("RGB", small)
        x, y, r = centre[0] * small[0], centre[1] * small[1], radius * min(small)
        ImageDraw.Draw(layer).ellipse((x - r, y - r, x + r, y + r), fill=blend((0, 0, 0), colour, strength))
        soft = layer.filter(ImageFilter.GaussianBlur(r * 0.7)).resize((self._w, self._h), Image.Resampling.BICUBIC)
        self._image.paste(ImageChops.screen(self._image, soft))
        self._draw = ImageDraw.Draw(self._image)

    def ridge(self, base: float, height: float, roughness: float, colour: Colour) -> None:
        """A line of hills from side to side, filled down to the lower edge."""
        waves = [
            (self.dice.uniform(0.6, 1.4) * n, self.dice.uniform(0, 6.3), 1 / n**roughness) for n in (1, 2, 3, 5, 9)
        ]
        total = sum(weight for _, _, weight in waves)
        points: list[Point] = [(0.0, 1.0)]
        for step in range(81):
            x = step / 80
            lift = sum(weight * math.sin(f * x * 6.3 + phase) for f, phase, weight in waves) / total
            points.append((x, base - height * (lift + 1) / 2))
        self.shape([*points, (1.0, 1.0)], colour)

    def finish(self, grain: float) -> Image.Image:
        """The picture at its asked size with a little grain."""
        image = self._image.resize(self._size, Image.Resampling.BOX)
        if grain:
            coarse = (max(1, self._size[0] // 2), max(1, self._size[1] // 2))
            noise = Image.frombytes("L", coarse, self.dice.randbytes(coarse[0] * coarse[1])).resize(self._size)
            image = Image.blend(image, ImageChops.soft_light(image, Image.merge("RGB", (noise,) * 3)), grain)
        return image
