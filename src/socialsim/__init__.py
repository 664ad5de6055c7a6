"""socialsim: a faithful simulator of Meta's and TikTok's APIs over real HTTP."""
