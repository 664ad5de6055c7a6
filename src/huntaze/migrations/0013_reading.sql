-- Reading the mirror: which posts were made here, and ways to a page of a long list without reading what is before it.

-- crm -----------------------------------------------------------------------------------------------------------

ALTER TABLE platform_media ADD COLUMN made_here boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN platform_media.made_here IS 'published from here; all else was made on the platform or by another program';
UPDATE platform_media AS media SET made_here = true
FROM publication WHERE publication.account_id = media.account_id AND publication.media_ref = media.media_ref;

CREATE INDEX platform_media_newest ON platform_media (workspace_id, published_at DESC, id DESC) WHERE parent_ref = '';
CREATE INDEX platform_media_parent ON platform_media (account_id, parent_ref) WHERE parent_ref <> '';
CREATE INDEX mention_person ON mention (account_id, lower(username)) WHERE username <> '';
