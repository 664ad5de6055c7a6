"""Pictures drawn by code: the same name gives the same JPEG, always."""

from socialsim.kernel.pictures.gallery import CLIP, CLIP_PATH, SCENES, Gallery, scene_of

__all__ = ["CLIP", "CLIP_PATH", "SCENES", "Gallery", "scene_of"]
