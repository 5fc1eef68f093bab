ALTER TABLE "api_keys" ADD COLUMN "made_with" text;--> statement-breakpoint
-- As a replay of the log says it.
UPDATE "api_keys" k SET "made_with" = e."key_id" FROM "events" e
  WHERE e."workspace_id" = k."workspace_id" AND e."type" = 'key.created' AND e."data"->>'key_id' = k."key_id" AND e."key_id" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "api_keys_made_with" ON "api_keys" USING btree ("made_with","workspace_id");