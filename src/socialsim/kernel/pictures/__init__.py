"""Pictures drawn by code: the same name gives the same JPEG, always."""

from socialsim.kernel.pictures.gallery import SCENES, Gallery, scene_of

__all__ = ["SCENES", "Gallery", "scene_of"]
